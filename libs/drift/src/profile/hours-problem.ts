import { HOURS_OF_WEEK } from '../window/hour-of-week.ts';
import type { HourlyCounts, ReferenceProfile } from './reference-profile.ts';
import { signalTable } from './watched-signals.ts';

/**
 * What is wrong with the hours of a profile whose signals are right; null when they can be used.
 *
 * @param hours as they were read
 */
export function hoursProblem(
  { features, outputs }: Pick<ReferenceProfile, 'features' | 'outputs'>,
  hours: Partial<HourlyCounts>,
): string | null {
  const { zone, rows, counts } = hours;
  if (typeof zone !== 'string' || !areCounts(rows) || rows.length !== HOURS_OF_WEEK)
    return `hours have no zone, or not the rows of ${HOURS_OF_WEEK} hours`;
  const wrong = signalTable({ features, outputs }).slots.find(({ name, bins }) => {
    const signal: unknown = counts?.[name];
    return !Array.isArray(signal) || signal.length !== HOURS_OF_WEEK || !signal.every(fits(rows, bins.size));
  });
  return wrong ? `hours do not count every row of ${wrong.name} on its bins` : null;
}

function fits(rows: readonly number[], size: number): (bins: unknown, hour: number) => boolean {
  return (bins, hour) =>
    areCounts(bins) &&
    bins.length === (rows[hour] === 0 ? 0 : size) &&
    bins.reduce((all, count) => all + count, 0) === rows[hour];
}

function areCounts(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && (item as number) >= 0);
}
