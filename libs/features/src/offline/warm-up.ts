/** How long a run that begins amid a file goes on without answers: until no window reaches back before its first event. */
export class WarmUp {
  readonly #neededMs: number;
  #overAt: number | null = null;

  /**
   * @param reachMs of the windows
   * @param disorderMs how far an event may come behind a later one
   */
  constructor(reachMs: number, disorderMs: number) {
    // what stands before the first event may be later than it by the disorder, and what comes behind another one earlier
    this.#neededMs = reachMs + 2 * disorderMs;
  }

  /** @returns whether it is over with an event at this time, epoch milliseconds */
  isOver(at: number): boolean {
    this.#overAt ??= at + this.#neededMs;
    return at >= this.#overAt;
  }
}
