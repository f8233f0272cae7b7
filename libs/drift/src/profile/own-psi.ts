import { psi } from '../distance/psi.ts';
import { usedBins } from '../distance/used-bins.ts';
import { windowGrid } from '../window/window-grid.ts';
import type { WindowSetting } from '../window/window-setting.ts';
import type { OwnWindows } from './reference-profile.ts';
import type { SignalTable } from './watched-signals.ts';
import { WindowCounts } from './window-counts.ts';

/** A row of the sample with its event time. */
export interface TimedRow {
  readonly at: number;
  readonly vector: ArrayLike<number>;
  readonly outputs: ArrayLike<number>;
}

/**
 * How far each of the reference's own windows lies from the whole reference: what moves every week is not news. Windows
 * below `minRows` are left out, as the monitor leaves them out. Null where windows are cut by rows.
 */
export function ownWindows(rows: readonly TimedRow[], table: SignalTable, setting: WindowSetting): OwnWindows | null {
  const { everyMs, starts, zone, minRows } = setting;
  if (everyMs === null) return null;
  const grid = windowGrid({ everyMs, starts, zone });
  const byStart = new Map<number, WindowCounts>();
  for (const { at, vector, outputs } of rows) {
    const { start } = grid.spanOf(at);
    let counts = byStart.get(start);
    if (!counts) byStart.set(start, (counts = new WindowCounts(table)));
    counts.add(vector, outputs);
  }
  const windows = [...byStart].filter(([, counts]) => counts.rows >= minRows).toSorted(([a], [b]) => a - b);
  const psis = table.watched.map(
    ({ name, slot, reference, project }) =>
      [
        name,
        windows.map(([, { counts }]) => rounded(psi(usedBins(project(counts[slot] as Uint32Array), reference)))),
      ] as const,
  );
  return {
    every_ms: everyMs,
    starts,
    zone,
    min_rows: minRows,
    windows: windows.map(([start]) => start),
    psi: Object.fromEntries(psis.filter(([, values]) => values.some((value) => value > 0))),
  };
}

/** Six digits: more would only make the file longer. */
function rounded(value: number): number {
  return Number(value.toPrecision(6));
}
