import type { WindowSetting } from '@millrace/drift';
import type { SkewRecord } from '@millrace/records';

import { isOf, joined, type MergedWindow, type MergedWindows } from './merged-windows.ts';

/** A window that is over, and whether it has the rows to be judged by. */
export interface ClosedWindow extends MergedWindow {
  readonly enough: boolean;
  /** Of a version without a profile: compared with what its first live rows were, or still learnt from. */
  readonly reference?: 'live' | 'learning';
  /** The share of its rows that are compared with their own hours of the week; not where the pipeline is not seasonal. */
  readonly byHour?: number;
  /** Of predictions that were computed again: what was found of each feature, in the order of `counts`. */
  readonly compared?: SkewRecord['features'];
}

export interface Closing {
  readonly windows: MergedWindows;
  /** In the order of their ends. */
  readonly closed: readonly ClosedWindow[];
}

/** Closes what ends at or before the horizon. A calendar window never goes on; others do, until they have their rows. */
export function closeUpTo(horizon: number, windows: MergedWindows, setting: WindowSetting): Closing {
  const due = windows.open.filter(({ end }) => end <= horizon).toSorted((a, b) => a.end - b.end || compareNames(a, b));
  const open = due.length === 0 ? windows.open : windows.open.filter(({ end }) => end > horizon);
  const closing =
    setting.starts === null
      ? closeGoingOn(horizon, due, windows.running, setting)
      : { running: windows.running, closed: due.map((w) => judged(w, setting)) };
  return { windows: { ...windows, open, running: closing.running }, closed: closing.closed };
}

/** Windows cut by rows close as soon as they have them, whatever the clocks say. */
export function closeByRows(rows: number, windows: MergedWindows, added: MergedWindow): Closing {
  const { before, others } = taken(windows.running, added);
  const window = before ? joined(before, added) : added;
  if (window.rows < rows) return { windows: { ...windows, running: [...others, window] }, closed: [] };
  return { windows: { ...windows, running: others }, closed: [{ ...window, enough: true }] };
}

interface Going {
  readonly running: readonly MergedWindow[];
  readonly closed: readonly ClosedWindow[];
}

function closeGoingOn(
  horizon: number,
  due: readonly MergedWindow[],
  began: readonly MergedWindow[],
  setting: WindowSetting,
): Going {
  let running = began;
  const closed: ClosedWindow[] = [];
  for (const step of due) {
    const { before, others } = taken(running, step);
    const fits = before !== null && step.end - before.start <= setting.atMostMs;
    if (before && !fits) closed.push({ ...before, enough: false });
    const window = before && fits ? joined(before, step) : step;
    const over = window.rows >= setting.minRows || window.end - window.start >= setting.atMostMs;
    running = over ? others : [...others, window];
    if (over) closed.push(judged(window, setting));
  }
  const expired = running.filter(({ start }) => start + setting.atMostMs <= horizon);
  closed.push(...expired.map((window) => ({ ...window, enough: false })));
  return {
    running: running.filter((window) => !expired.includes(window)),
    closed: closed.toSorted((a, b) => a.end - b.end || compareNames(a, b)),
  };
}

function taken(
  running: readonly MergedWindow[],
  step: MergedWindow,
): { before: MergedWindow | null; others: readonly MergedWindow[] } {
  return {
    before: running.find((window) => isOf(window, step)) ?? null,
    others: running.filter((window) => !isOf(window, step)),
  };
}

function judged(window: MergedWindow, { minRows }: WindowSetting): ClosedWindow {
  return { ...window, enough: window.rows >= minRows };
}

function compareNames(a: MergedWindow, b: MergedWindow): number {
  const [left, right] = [a, b].map(({ version, variant, subject }) => JSON.stringify([version, variant, subject])) as [
    string,
    string,
  ];
  return left < right ? -1 : Number(left > right);
}
