export interface Restores {
  readonly records: number;
  /** The longest: tasks are restored side by side. */
  readonly ms: number;
}

interface LogLine {
  readonly time?: string;
  readonly msg?: string;
  readonly records?: number;
  readonly took_ms?: number;
}

/** What was restored between two times (epoch milliseconds), by the lines of logs. */
export function restoresBetween(logs: readonly string[], fromMs: number, toMs: number): Restores {
  const found = logs
    .flatMap((log) => log.split('\n'))
    .flatMap((line) => (line.startsWith('{') && line.endsWith('}') ? [JSON.parse(line) as LogLine] : []))
    .filter(({ msg = '' }) => /^state of .* restored$/.test(msg))
    .filter(({ time = '' }) => Date.parse(time) >= fromMs && Date.parse(time) < toMs);
  return {
    records: found.reduce((sum, { records = 0 }) => sum + records, 0),
    ms: found.reduce((most, { took_ms: ms = 0 }) => Math.max(most, ms), 0),
  };
}
