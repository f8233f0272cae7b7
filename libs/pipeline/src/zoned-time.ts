const QUARTER_MS = 900_000;
const DAY_MS = 86_400_000;
const MOST_REMEMBERED = 100_000;

/**
 * The wall clock of one IANA time zone. Offsets come from `Intl` and are remembered: one for a whole day (UTC) that begins
 * and ends with it, since no zone has ever changed twice within three days; else one per quarter of an hour, on which every
 * change of an offset in force since 1972 falls.
 */
export class ZonedTime {
  readonly #format: Intl.DateTimeFormat;
  /** Null: it changes in that day. */
  readonly #ofDays = new Map<number, number | null>();
  readonly #ofQuarters = new Map<number, number>();

  /** @throws RangeError for a zone that does not exist */
  constructor(zone: string) {
    this.#format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' });
  }

  /** 0 to 23. */
  hour(epochMs: number): number {
    return Math.floor(modulo(this.local(epochMs), DAY_MS) / 3_600_000);
  }

  minute(epochMs: number): number {
    return Math.floor(modulo(this.local(epochMs), 3_600_000) / 60_000);
  }

  /** Monday is 0. */
  weekday(epochMs: number): number {
    return modulo(Math.floor(this.local(epochMs) / DAY_MS) + 3, 7);
  }

  /** Epoch milliseconds of the same wall clock reading in UTC. */
  local(epochMs: number): number {
    return epochMs + (this.#ofDay(Math.floor(epochMs / DAY_MS)) ?? this.#ofQuarter(Math.floor(epochMs / QUARTER_MS)));
  }

  #ofDay(day: number): number | null {
    return remembered(this.#ofDays, day, () => {
      const [first, next] = [day, day + 1].map((begun) => this.#offsetAt(begun * DAY_MS)) as [number, number];
      return first === next ? first : null;
    });
  }

  #ofQuarter(quarter: number): number {
    return remembered(this.#ofQuarters, quarter, () => this.#offsetAt(quarter * QUARTER_MS));
  }

  /** `Intl` writes it `GMT`, `GMT-05:00` or, long ago, `GMT-00:44:30`. */
  #offsetAt(epochMs: number): number {
    const name = this.#format.formatToParts(epochMs).find(({ type }) => type === 'timeZoneName')?.value ?? '';
    const [, sign, hours, minutes, seconds = '0'] = /([+-])(\d+):(\d+)(?::(\d+))?$/.exec(name) ?? [];
    if (sign === undefined) return 0;
    const offset = (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000;
    return sign === '-' ? -offset : offset;
  }
}

function remembered<Offset>(known: Map<number, Offset>, place: number, find: () => Offset): Offset {
  const found = known.get(place);
  if (found !== undefined) return found;
  if (known.size >= MOST_REMEMBERED) known.clear();
  const offset = find();
  known.set(place, offset);
  return offset;
}

const zones = new Map<string, ZonedTime>();

/**
 * One `ZonedTime` per zone of the process.
 *
 * @throws RangeError for a zone that does not exist
 */
export function zonedTime(zone: string): ZonedTime {
  let found = zones.get(zone);
  if (found === undefined) zones.set(zone, (found = new ZonedTime(zone)));
  return found;
}

/** The names of IANA zones, for suggestions; there are others, older ones, that are as good. */
export const ZONES: readonly string[] = ['UTC', ...Intl.supportedValuesOf('timeZone')];

/** Whether there is such an IANA zone. */
export function isZone(zone: string): boolean {
  try {
    zonedTime(zone);
    return true;
  } catch {
    return false;
  }
}

function modulo(value: number, by: number): number {
  return ((value % by) + by) % by;
}
