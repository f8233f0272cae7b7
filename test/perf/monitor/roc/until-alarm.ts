import type { Change } from '../power.ts';
import { RowSource } from '../row-source.ts';
import type { Rival } from './rivals.ts';
import { WindowScores, type RocReference } from './window-scores.ts';

const BEFORE = 5;
const MOST = 100;

/** What a detector says of a stream in which a change was planted. */
export interface Found {
  /** Windows from the change to the alarm on its signal; ∞: none in 100. */
  readonly delay: number;
  /** Was the first alarm of the stream on that signal? */
  readonly named: boolean;
}

/** One stream, the same rows for all rivals. */
export function untilAlarm(
  reference: RocReference,
  rows: number,
  change: Change,
  rivals: readonly Rival[],
  seed: number,
): readonly Found[] {
  const source = new RowSource(seed);
  const stream = new WindowScores(reference, rows);
  const right = stream.table.watched.map(({ name }) => change.signal.test(name));
  const found = rivals.map(() => ({ delay: Number.POSITIVE_INFINITY, named: null as boolean | null }));
  for (let window = 1 - BEFORE; window <= MOST && found.some(({ delay }) => delay > MOST); window++) {
    for (let i = 0; i < rows; i++) {
      const row = source.next();
      if (window > 0) change.apply(row, source, window);
      stream.add(row);
    }
    const scores = stream.close();
    found.forEach((one, i) => {
      const { detector, threshold } = rivals[i] as Rival;
      const alarming = right.filter((_, signal) => (scores[detector]?.[signal] as number) > threshold);
      if (alarming.length === 0) return;
      one.named ??= alarming.includes(true);
      if (window > 0 && alarming.includes(true)) one.delay = Math.min(one.delay, window);
    });
  }
  return found.map(({ delay, named }) => ({ delay, named: named ?? false }));
}
