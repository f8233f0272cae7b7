import { HOURS_OF_WEEK, hourOfWeek } from '../window/hour-of-week.ts';
import type { TimedRow } from './own-psi.ts';
import type { HourlyCounts } from './reference-profile.ts';
import type { SignalTable } from './watched-signals.ts';
import { WindowCounts } from './window-counts.ts';

/** The rows of a sample by hour of the week, as the clocks of `zone` show it. */
export function hourlyCounts(rows: readonly TimedRow[], table: SignalTable, zone: string): HourlyCounts {
  const hourOf = hourOfWeek(zone);
  const hours = Array.from({ length: HOURS_OF_WEEK }, (): WindowCounts | null => null);
  for (const { at, vector, outputs } of rows) (hours[hourOf(at)] ??= new WindowCounts(table)).add(vector, outputs);
  const counts = table.slots.map(
    ({ name }, slot) => [name, hours.map((hour) => Array.from(hour?.counts[slot] ?? []))] as const,
  );
  return { zone, rows: hours.map((hour) => hour?.rows ?? 0), counts: Object.fromEntries(counts) };
}
