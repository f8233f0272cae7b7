import { referenceProfile } from '../detector.ts';
import { CHANGES } from '../power.ts';
import { RowSource } from '../row-source.ts';
import { referenceColumns } from './reference-column.ts';
import { rivalsOf } from './rivals.ts';
import { untilAlarm, type Found } from './until-alarm.ts';

/** Of the first feature, all features being numbers. */
const ROC_CHANGES = CHANGES.filter(({ signal }) => signal.test('x0'));

/**
 * Every detector at thresholds that raise as many false alarms, and how long it then takes for a change.
 *
 * @param rates false alarms per 1,000 unchanged windows, on all features together
 * @returns by detector its threshold and rate, and by change the median windows to the alarm, how many streams had one
 *   within 100 windows, and how many of all named the changed feature first
 */
export function measureRoc(
  rows: number,
  windows: number,
  streams: number,
  rates: readonly number[],
): Readonly<Record<string, Readonly<Record<string, string | number>>>> {
  const reference = {
    profile: referenceProfile(new RowSource(1), false),
    columns: referenceColumns(new RowSource(1)),
  };
  const rivals = rivalsOf(reference, rows, windows, rates);
  const found = ROC_CHANGES.map((change) =>
    Array.from({ length: streams }, (_, stream) => untilAlarm(reference, rows, change, rivals, 1000 + stream)),
  );
  return Object.fromEntries(
    rivals.map(({ name, threshold, falsePer1000 }, rival) => {
      const cells = ROC_CHANGES.map((change, i) => [
        change.name,
        inWords((found[i] ?? []).flatMap((one) => one[rival] ?? [])),
      ]);
      const which = { threshold: Number(threshold.toPrecision(3)), 'false per 1,000': falsePer1000 };
      return [name, { ...which, ...(Object.fromEntries(cells) as Record<string, string>) }];
    }),
  );
}

function inWords(streams: readonly Found[]): string {
  const delays = streams.map(({ delay }) => delay).toSorted((a, b) => a - b);
  const median = delays[(delays.length - 1) >> 1] as number;
  const within = delays.filter(Number.isFinite).length;
  return `${Number.isFinite(median) ? median : '-'} (${within}, ${streams.filter(({ named }) => named).length})`;
}
