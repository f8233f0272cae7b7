import { AppError } from '@millrace/core';

/** What a request holds of the budget. */
export interface BodyClaim {
  /** @throws AppError `OVERLOADED` */
  add(bytes: number): void;
  /** Gives back all of it. */
  release(): void;
}

/** Bounds the bytes that all requests hold together that are not answered yet. */
export class BodyBudget {
  readonly #mostBytes: number;
  #held = 0;

  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  claim(): BodyClaim {
    let own = 0;
    return {
      add: (bytes) => {
        if (this.#held + bytes > this.#mostBytes)
          throw new AppError(
            'OVERLOADED',
            `requests that are not answered yet have ${this.#held} bytes, and ${bytes} more came; at most ` +
              `${this.#mostBytes} may be held. Try again in a second.`,
          );
        this.#held += bytes;
        own += bytes;
      },
      release: () => {
        this.#held -= own;
        own = 0;
      },
    };
  }
}
