/** From this end of a window on, inputs and outputs were as ever, or not. */
export interface Turn {
  readonly at: number;
  readonly stable: boolean;
}

/** Older turns are forgotten: labels wait for no more than `outcome.within`. */
const KEPT = 500;

/** Notes whether an incident was open on an input or output when a window ended; windows come in the order of their ends. */
export function withTurn(turns: readonly Turn[], at: number, stable: boolean): readonly Turn[] {
  return (turns.at(-1)?.stable ?? true) === stable ? turns : [...turns, { at, stable }].slice(-KEPT);
}

/**
 * Whether they were as ever at that time. All windows up to it must have been judged: what came later has no say, so it does
 * not matter how far ahead of labels the judging of predictions is.
 */
export function wasStable(turns: readonly Turn[], at: number): boolean {
  return turns.findLast((turn) => turn.at <= at)?.stable ?? true;
}
