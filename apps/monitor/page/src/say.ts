const TIME = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'UTC',
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
});

/** `9 Dec 2013, 05:00` */
export function sayTime(time: string | null): string {
  return time === null ? '–' : TIME.format(new Date(time));
}

const DAY = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', dateStyle: 'medium' });
const DAY_TICK = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', day: 'numeric', month: 'short' });
const HOUR_TICK = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', hour: '2-digit', minute: '2-digit' });

/** `9 Dec 2013` */
export function sayDay(time: string | null): string {
  return time === null ? '–' : DAY.format(new Date(time));
}

/** Times of an axis, epoch seconds: days, and within a day hours. */
export function sayTicks(ticks: readonly number[]): string[] {
  return ticks.map((at) => (at % 86_400 === 0 ? DAY_TICK : HOUR_TICK).format(new Date(at * 1000)));
}

/** Three digits, as far as they matter; a dash where there is none. */
export function sayNumber(value: number | null | undefined): string {
  if (value === null || value === undefined) return '–';
  return value > 0 && value < 0.001 ? '< 0.001' : String(Number(value.toPrecision(3)));
}

/** `(0.0617…15, 0.0770…96]` in four digits. */
export function sayBin(bin: string): string {
  return bin.replaceAll(/-?\d+\.\d{4,}(e[+-]?\d+)?/g, (edge) => String(Number(Number(edge).toPrecision(4))));
}

export function sayMove({
  bin,
  from,
  to,
}: {
  readonly bin: string;
  readonly from: number;
  readonly to: number;
}): string {
  return `${sayBin(bin)}: ${sayShare(from)} → ${sayShare(to)}`;
}

export function sayShare(share: number | null | undefined): string {
  return share === null || share === undefined ? '–' : `${Number((share * 100).toPrecision(3))} %`;
}

/** `1 incident`, `2 incidents` */
export function sayCount(count: number, noun: string): string {
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;
}

/** What a version and variant are called. */
export function sayStream({ version, variant }: { readonly version: string; readonly variant: string }): string {
  return version === '-' ? 'what comes in' : `version ${version}, ${variant}`;
}
