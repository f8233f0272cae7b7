/** As an incident lasts until 3 windows are quiet, what comes back sooner is the same alarm. */
const QUIET = 3;

/** Of a signal's scores, window by window, how often an alarm begins. */
export function alarms(scores: ArrayLike<number>, threshold: number): number {
  let count = 0;
  let last = Number.NEGATIVE_INFINITY;
  for (let window = 0; window < scores.length; window++) {
    if (!((scores[window] as number) > threshold)) continue;
    if (window - last > QUIET) count++;
    last = window;
  }
  return count;
}

/**
 * The least threshold down to which so many alarms at most begin on all signals together, of those that a score can tell
 * apart; −∞ where no more than that ever do. Looked for from above: far below, alarms run into one and are few again.
 */
export function thresholdFor(most: number, signals: readonly Float64Array[]): number {
  const few = (threshold: number): boolean =>
    signals.reduce((sum, scores) => sum + alarms(scores, threshold), 0) <= most;
  const descending = Float64Array.from(signals.flatMap((scores) => Array.from(scores).filter(Number.isFinite)))
    .sort()
    .toReversed();
  const at = (place: number): number => descending[place] ?? Number.NEGATIVE_INFINITY;
  let [enough, step] = [0, 1];
  for (; few(at(enough + step)); step *= 2) {
    enough += step;
    if (enough >= descending.length) return Number.NEGATIVE_INFINITY;
  }
  for (let tooMany = enough + step; tooMany - enough > 1;) {
    const middle = (tooMany + enough) >> 1;
    if (few(at(middle))) enough = middle;
    else tooMany = middle;
  }
  return at(enough);
}
