import { AppError } from '@millrace/core';
import { DateTime } from 'luxon';

import type { WindowGrid } from './window-setting.ts';

const DAY_MS = 86_400_000;
const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];

/** Where the calendar's windows begin. */
interface Anchor {
  /** Days of a window. */
  readonly days: number;
  /** Days from Monday, 5 January 1970 to the first day of a window. */
  readonly offset: number;
  readonly hour: number;
  readonly minute: number;
}

/** Windows of whole days that begin on a weekday or at a time of day, as the clocks of `zone` show it. */
export function calendarGrid(everyMs: number, starts: string, zone: string): WindowGrid {
  const anchor = anchorOf(everyMs, starts);
  if (!DateTime.local({ zone }).isValid) {
    throw new AppError(
      'PIPELINE_INVALID',
      `monitor.window.zone is ${zone}, which is no IANA zone such as America/New_York.`,
    );
  }
  const startOf = (index: number): number => startAt(index, anchor, zone);
  return {
    spanOf(at) {
      const local = DateTime.fromMillis(at, { zone });
      const day = Math.round(DateTime.utc(local.year, local.month, local.day).toMillis() / DAY_MS) - 4;
      let index = Math.floor((day - anchor.offset) / anchor.days);
      if (at < startOf(index)) index--;
      return { start: startOf(index), end: startOf(index + 1) };
    },
  };
}

function anchorOf(everyMs: number, starts: string): Anchor {
  const days = everyMs / DAY_MS;
  const weekday = WEEKDAYS.indexOf(starts);
  const time = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(starts);
  if (weekday < 0 && !time) {
    throw new AppError(
      'PIPELINE_INVALID',
      `monitor.window.starts is ${starts}; allowed are ${WEEKDAYS.join(', ')} and a time of day such as 06:30.`,
    );
  }
  const multiple = weekday < 0 ? 1 : 7;
  if (!Number.isInteger(days / multiple)) {
    throw new AppError(
      'PIPELINE_INVALID',
      `monitor.window.every is ${days} days; windows that start on ${starts} take a multiple of ${multiple}d.`,
    );
  }
  return { days, offset: Math.max(0, weekday), hour: Number(time?.[1] ?? 0), minute: Number(time?.[2] ?? 0) };
}

function startAt(index: number, { days, offset, hour, minute }: Anchor, zone: string): number {
  const date = DateTime.utc(1970, 1, 5).plus({ days: index * days + offset });
  return DateTime.fromObject({ year: date.year, month: date.month, day: date.day, hour, minute }, { zone }).toMillis();
}
