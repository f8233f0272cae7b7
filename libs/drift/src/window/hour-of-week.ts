import { DateTime } from 'luxon';

export const HOURS_OF_WEEK = 168;

/** Every change of an offset falls on one, since 1972: within it the hour stays the same. */
const QUARTER_MS = 900_000;

/**
 * The hour of the week that the clocks of a zone show, 0 to 167: 0 is Monday from 0:00 to 1:00. Of the hour that comes twice
 * when clocks are put back both are the same one. The first of 1970 was a Thursday:
 *
 * ```ts
 * hourOfWeek('UTC')(0); // 72
 * ```
 *
 * @param zone IANA zone
 */
export function hourOfWeek(zone: string): (at: number) => number {
  let [latest, hour] = [Number.NaN, 0];
  return (at) => {
    const quarter = Math.floor(at / QUARTER_MS);
    if (quarter === latest) return hour; // rows come nearly in order
    const local = DateTime.fromMillis(at, { zone });
    [latest, hour] = [quarter, 24 * (local.weekday - 1) + local.hour];
    return hour;
  };
}
