import type { Clock } from '@millrace/core';

const QUIET_EVERY_MS = 10_000;

/** A line that is written over on a terminal, and a line now and then elsewhere. */
export class DemoProgress {
  readonly #out: NodeJS.WriteStream;
  readonly #clock: Clock;
  #saidAtMs = Number.NEGATIVE_INFINITY;

  constructor(out: NodeJS.WriteStream, clock: Clock) {
    this.#out = out;
    this.#clock = clock;
  }

  show(line: string): void {
    if (this.#out.isTTY) {
      this.#out.write(`\r\x1b[K${line.slice(0, this.#out.columns - 1)}`);
    } else if (this.#clock.elapsed() - this.#saidAtMs >= QUIET_EVERY_MS) {
      this.#saidAtMs = this.#clock.elapsed();
      this.#out.write(`${line}\n`);
    }
  }

  /** Leaves the line that is written over. */
  end(): void {
    if (this.#out.isTTY) this.#out.write('\r\x1b[K');
  }
}
