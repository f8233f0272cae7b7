import { SystemClock } from '@millrace/core';

/** A clock whose wall time can be set, as an operator or NTP does; durations are measured as before. */
export class JumpingClock extends SystemClock {
  #aheadMs = 0;

  override now(): number {
    return super.now() + this.#aheadMs;
  }

  jump(ms: number): void {
    this.#aheadMs += ms;
  }
}
