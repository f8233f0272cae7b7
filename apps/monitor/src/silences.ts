/** Nobody is told of a signal's incidents in windows that end up to `until`. */
export interface Silence {
  readonly signal: string;
  readonly by: string;
  /** Event time, epoch milliseconds. Null before any window could close: it then counts from the first that does. */
  readonly until: number | null;
  readonly forMs: number;
}

/** The silences that hold at the close of a window that ends then. */
export function silencesAt(silences: readonly Silence[], end: number): readonly Silence[] {
  return silences.flatMap((silence) => {
    const until = silence.until ?? end + silence.forMs;
    return end <= until ? [{ ...silence, until }] : [];
  });
}
