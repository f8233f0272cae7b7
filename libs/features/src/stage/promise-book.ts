import type { ByteReader, ByteWriter, Journal } from '@millrace/core';
import type { OpenPromise } from '@millrace/records';

import { deleteJournaled, putJournaled } from './journaled.ts';
import { readPartitions, readTimes, writePartitions, writeTimes } from './marker-body.ts';

/** The partition has no more to say under the promise. */
const ENDED = Infinity;
/** No clock of the partition has carried the promise yet. */
const UNSEEN = -Infinity;
/** How many promises are remembered that were given up. */
const MOST_GIVEN_UP = 8;

interface PromiseState {
  readonly partitions: readonly number[];
  /** By input partition: the time that its clock has reached under the promise. */
  readonly reached: Map<number, number>;
  /** It named a partition that did not come. It stays known, lest that partition opens it again. */
  givenUp: boolean;
}

/**
 * How far each open promise has come, from the clocks that this partition has seen. The first clock that carries a
 * promise comes before the first request under it, so a promise that is not in the book has ended.
 */
export class PromiseBook {
  readonly #promises = new Map<string, PromiseState>();
  readonly #journal: Journal;

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  announce({ id, partitions }: OpenPromise, input: number, at: number): void {
    const state = this.#promises.get(id) ?? this.#open(id, partitions);
    putJournaled(this.#journal, state.reached, input, Math.max(state.reached.get(input) ?? UNSEEN, at));
  }

  /** The partition's clock carries this promise, or none: any other that it stood under has ended there. */
  stand(input: number, promise: string | null): void {
    for (const [id, { reached }] of this.#promises) {
      if (id !== promise && reached.has(input) && reached.get(input) !== ENDED) this.#end(id, input);
    }
  }

  /**
   * A clock of `input` came. Where another promise has ended on all partitions that ever stood under it, and names this
   * one, which did not, it will not come any more: it was refused here, or its producer broke off.
   */
  pass(input: number): void {
    for (const [id, state] of this.#promises) {
      const awaited = state.partitions.includes(input) && !state.reached.has(input);
      if (!awaited || [...state.reached.values()].some((at) => at !== ENDED)) continue;
      this.#end(id, input);
      const before = state.givenUp;
      this.#journal.record(() => (state.givenUp = before));
      state.givenUp = true;
    }
  }

  /** Up to which event time requests under the promise need not wait. */
  reached(id: string): number {
    const state = this.#promises.get(id);
    if (!state) return ENDED;
    let least = ENDED;
    for (const partition of state.partitions) least = Math.min(least, state.reached.get(partition) ?? UNSEEN);
    return least;
  }

  /** Whether a promise names a partition whose clock has not carried it yet: where that one stands, nobody knows. */
  awaits(): boolean {
    for (const { partitions, reached } of this.#promises.values()) {
      if (reached.size < partitions.length && partitions.some((partition) => !reached.has(partition))) return true;
    }
    return false;
  }

  /** Forgets the promises that have ended on all their partitions. To be called when what waited for them is released. */
  forgetEnded(): void {
    const givenUp = [...this.#promises].filter(([, state]) => state.givenUp).length;
    let tooMany = givenUp - MOST_GIVEN_UP;
    for (const [id, state] of this.#promises) {
      if (this.reached(id) !== ENDED || (state.givenUp && tooMany-- <= 0)) continue;
      deleteJournaled(this.#journal, this.#promises, id);
    }
  }

  write(writer: ByteWriter): void {
    writer.varint(this.#promises.size);
    for (const [id, { partitions, reached, givenUp }] of this.#promises) {
      writer.text(id).byte(givenUp ? 1 : 0);
      writePartitions(writer, partitions);
      writeTimes(writer, reached);
    }
  }

  read(reader: ByteReader): void {
    for (let left = reader.varint(); left > 0; left--) {
      const id = reader.text() ?? '';
      const givenUp = reader.byte() === 1;
      this.#promises.set(id, { givenUp, partitions: readPartitions(reader), reached: readTimes(reader) });
    }
  }

  #end(id: string, input: number): void {
    const state = this.#promises.get(id);
    if (state) putJournaled(this.#journal, state.reached, input, ENDED);
  }

  #open(id: string, partitions: readonly number[]): PromiseState {
    const opened: PromiseState = { partitions, reached: new Map(), givenUp: false };
    putJournaled(this.#journal, this.#promises, id, opened);
    return opened;
  }
}
