import { AppError, type Clock } from '@millrace/core';

const MOST_PER_MINUTE = 5;

/** Two processes under one transactional id fence each other for ever; this one gives in. */
export class FencingGuard {
  readonly #clock: Clock;
  #seenAtMs: number[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @throws AppError `INSTANCE_FENCED` at the sixth time within a minute */
  note(): void {
    const now = this.#clock.elapsed();
    this.#seenAtMs = this.#seenAtMs.filter((at) => now - at < 60_000);
    this.#seenAtMs.push(now);
    if (this.#seenAtMs.length <= MOST_PER_MINUTE) return;
    throw new AppError(
      'INSTANCE_FENCED',
      `the transactional id was taken over ${this.#seenAtMs.length} times within a minute. Give each process an --instance of its own.`,
    );
  }
}
