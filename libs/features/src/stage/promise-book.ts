import type { ByteReader, ByteWriter, Journal } from '@millrace/core';
import type { OpenPromise } from '@millrace/records';
import { deleteJournaled, putJournaled } from './journaled.ts';

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

  end(id: string, input: number): void {
    const state = this.#promises.get(id);
    if (state) putJournaled(this.#journal, state.reached, input, ENDED);
  }

  /**
   * A clock of `input` under no promise. Where a promise has ended on all partitions that ever stood under it, the
   * others that it names will not come any more: their producer broke off.
   */
  pass(input: number): void {
    for (const [id, state] of this.#promises) {
      const awaited = state.partitions.includes(input) && !state.reached.has(input);
      if (!awaited || [...state.reached.values()].some((at) => at !== ENDED)) continue;
      this.end(id, input);
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

  ids(): readonly string[] {
    return [...this.#promises.keys()];
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
      writer.text(id).byte(givenUp ? 1 : 0).varint(partitions.length);
      for (const partition of partitions) writer.varint(partition);
      const base = leastTime(reached);
      writer.varint(reached.size).varint(base);
      for (const [partition, at] of reached) writeReached(writer.varint(partition), at, base);
    }
  }

  read(reader: ByteReader): void {
    for (let left = reader.varint(); left > 0; left--) {
      const id = reader.text() ?? '';
      const givenUp = reader.byte() === 1;
      const partitions = Array.from({ length: reader.varint() }, () => reader.varint());
      const size = reader.varint();
      const base = reader.varint();
      const reached = new Map(Array.from({ length: size }, () => [reader.varint(), readReached(reader, base)]));
      this.#promises.set(id, { partitions, reached, givenUp });
    }
  }

  #open(id: string, partitions: readonly number[]): PromiseState {
    const opened: PromiseState = { partitions, reached: new Map(), givenUp: false };
    putJournaled(this.#journal, this.#promises, id, opened);
    return opened;
  }
}

/** Times are written as differences from this one: a marker has little room. */
function leastTime(reached: ReadonlyMap<number, number>): number {
  const least = Math.min(...[...reached.values()].filter(Number.isFinite));
  return Number.isFinite(least) ? least : 0;
}

function writeReached(writer: ByteWriter, at: number, base: number): void {
  if (at === ENDED) writer.byte(0);
  else writer.byte(1).varint(at - base);
}

function readReached(reader: ByteReader, base: number): number {
  return reader.byte() === 0 ? ENDED : base + reader.varint();
}
