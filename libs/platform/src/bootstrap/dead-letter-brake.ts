import { AppError, type Clock } from '@millrace/core';
import type { InboundRecord } from '@millrace/records';
import type { BatchOutput, RunnerObserver } from '@millrace/stream';

const MINUTE_MS = 60_000;

/** `dlq.max_per_minute`: many dead letters at once mean that something is wrong with more than the records. */
export class DeadLetterBrake implements RunnerObserver {
  readonly #most: number;
  readonly #clock: Clock;
  readonly #stop: (error: AppError) => void;
  /** Commits with dead letters, of the last minute. */
  readonly #recent: { readonly atMs: number; readonly count: number }[] = [];

  constructor(mostPerMinute: number, clock: Clock, stop: (error: AppError) => void) {
    this.#most = mostPerMinute;
    this.#clock = clock;
    this.#stop = stop;
  }

  committed(_records: readonly InboundRecord[], { deadLetters }: Pick<BatchOutput, 'deadLetters'>): void {
    if (deadLetters.length === 0) return;
    const atMs = this.#clock.elapsed();
    this.#recent.push({ atMs, count: deadLetters.length });
    while ((this.#recent[0]?.atMs ?? atMs) <= atMs - MINUTE_MS) this.#recent.shift();
    const inAMinute = this.#recent.reduce((sum, { count }) => sum + count, 0);
    if (inAMinute > this.#most) {
      this.#stop(
        new AppError(
          'DEAD_LETTERS_EXCEEDED',
          `${inAMinute} in a minute, allowed are ${this.#most}. \`millrace dlq list\` shows them; what was committed stays committed.`,
        ),
      );
    }
  }
}
