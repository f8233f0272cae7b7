import { AppError } from '@millrace/core';

import { calendarGrid } from './calendar-grid.ts';
import type { Span, WindowGrid, WindowSetting } from './window-setting.ts';

/**
 * The grid of windows by event time. Without `starts` they are cut from the epoch; with it by the calendar of a zone,
 * so that their length follows its clock changes.
 *
 * ```ts
 * windowGrid({ everyMs: 3_600_000, starts: null, zone: 'UTC' }).spanOf(3_700_000); // { start: 3600000, end: 7200000 }
 * ```
 *
 * @throws AppError `PIPELINE_INVALID` where `every` does not fit `starts`
 */
export function windowGrid({
  everyMs,
  starts,
  zone,
}: Pick<WindowSetting, 'starts' | 'zone'> & { everyMs: number }): WindowGrid {
  if (!(everyMs >= 1))
    throw new AppError('PIPELINE_INVALID', `monitor.window.every is ${everyMs} ms; it must be at least 1 ms.`);
  if (starts !== null) return remembering(calendarGrid(everyMs, starts, zone));
  return {
    spanOf(at) {
      const start = Math.floor(at / everyMs) * everyMs;
      return { start, end: start + everyMs };
    },
  };
}

/** Rows come nearly in order: the latest window is asked for again and again. */
function remembering(grid: WindowGrid): WindowGrid {
  let latest: Span | null = null;
  return {
    spanOf(at) {
      if (latest === null || at < latest.start || at >= latest.end) latest = grid.spanOf(at);
      return latest;
    },
  };
}
