import type { AppError, ErrorCode } from '@millrace/core';

interface Reason {
  count: number;
  readonly first: string;
}

/** What a stream would make a dead letter, by code: how many, and the first of them, to begin with. */
export class LeftOut {
  readonly #reasons = new Map<ErrorCode, Reason>();

  /** @param line of the event in its file, where it is known */
  add({ code, detail }: AppError, line: number | null = null): void {
    const known = this.#reasons.get(code);
    if (known) known.count++;
    else this.#reasons.set(code, { count: 1, first: line === null ? detail : `line ${line}: ${detail}` });
  }

  clear(): void {
    this.#reasons.clear();
  }

  /** For people, a line per code. */
  notes(): readonly string[] {
    return [...this.#reasons].map(([code, { count, first }]) =>
      count === 1
        ? `1 event left out, a dead letter in a stream: ${code}, ${first}`
        : `${count} events left out, dead letters in a stream: ${code}, the first ${first}`,
    );
  }
}
