const MS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const BYTES = { B: 1, kB: 1024, MB: 1024 ** 2, GB: 1024 ** 3 } as const;

/** `250ms 30s 5m 1h 7d` in milliseconds; null for anything else. A day is 24 hours. */
export function parseDuration(text: string): number | null {
  return parse(text, MS);
}

/** `64kB 256MB` in bytes; a kB is 1,024 bytes. Null for anything else. */
export function parseSize(text: string): number | null {
  return parse(text, BYTES);
}

/** The shortest exact spelling: `90m`, `7d`. */
export function formatDuration(ms: number): string {
  return format(ms, MS);
}

/** The shortest exact spelling: `512kB`. */
export function formatSize(bytes: number): string {
  return format(bytes, BYTES);
}

function parse(text: string, units: Readonly<Record<string, number>>): number | null {
  const match = /^(\d{1,9})([A-Za-z]+)$/.exec(text);
  const unit = units[match?.[2] ?? ''];
  return match === null || unit === undefined ? null : Number(match[1]) * unit;
}

function format(amount: number, units: Readonly<Record<string, number>>): string {
  const fitting = Object.entries(units).filter(([, size]) => amount % size === 0 && amount >= size);
  const [unit, size] = fitting.at(-1) ?? (Object.entries(units)[0] as [string, number]);
  return `${amount / size}${unit}`;
}
