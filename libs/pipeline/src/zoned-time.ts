const QUARTER_MS = 900_000;
const DAY_MS = 86_400_000;
const MOST_QUARTERS = 100_000;

/**
 * The wall clock of one IANA time zone. Offsets come from `Intl` once per quarter of an hour and are remembered: every
 * change of an offset in force since 1972 falls on one.
 */
export class ZonedTime {
  readonly #format: Intl.DateTimeFormat;
  readonly #offsets = new Map<number, number>();

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
    const quarter = Math.floor(epochMs / QUARTER_MS);
    let offset = this.#offsets.get(quarter);
    if (offset === undefined) {
      if (this.#offsets.size >= MOST_QUARTERS) this.#offsets.clear();
      offset = this.#offsetAt(quarter * QUARTER_MS);
      this.#offsets.set(quarter, offset);
    }
    return epochMs + offset;
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
