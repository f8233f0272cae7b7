import type { AppError, ErrorCode } from '@millrace/core';

/** How many events one code stands for, and the first of them, in words. */
export interface Reason {
  readonly code: ErrorCode;
  readonly count: number;
  readonly first: string;
}

/** What a stream would make a dead letter, by code: how many, and the first of them, to begin with. */
export class LeftOut {
  readonly #reasons = new Map<ErrorCode, Reason>();

  /** @param line of the event in its file, where it is known */
  add({ code, detail }: AppError, line: number | null = null): void {
    this.#add({ code, count: 1, first: line === null ? detail : `line ${line}: ${detail}` });
  }

  /** Those of a later part of the file. */
  addAll(reasons: readonly Reason[]): void {
    for (const reason of reasons) this.#add(reason);
  }

  get reasons(): readonly Reason[] {
    return [...this.#reasons.values()];
  }

  clear(): void {
    this.#reasons.clear();
  }

  /** For people, a line per code. */
  notes(): readonly string[] {
    return this.reasons.map(({ code, count, first }) =>
      count === 1
        ? `1 event left out, a dead letter in a stream: ${code}, ${first}`
        : `${count} events left out, dead letters in a stream: ${code}, the first ${first}`,
    );
  }

  #add(reason: Reason): void {
    const known = this.#reasons.get(reason.code);
    this.#reasons.set(reason.code, known ? { ...known, count: known.count + reason.count } : reason);
  }
}
