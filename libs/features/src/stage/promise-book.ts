import type { ByteReader, ByteWriter, Journal } from '@millrace/core';
import type { OpenPromise } from '@millrace/records';
import { deleteJournaled, putJournaled } from './journaled.ts';

/** The partition has no more to say under the promise. */
const ENDED = Infinity;
/** The partition was seen under the promise and has said no time yet. */
const SEEN = -Infinity;

interface PromiseState {
  /** Null until a clock has named them. */
  partitions: readonly number[] | null;
  /** By input partition: the time that its clock has reached under the promise. */
  readonly reached: Map<number, number>;
}

/** How far each open promise has come, from the clocks that this partition has seen. A promise not in it has ended. */
export class PromiseBook {
  readonly #promises = new Map<string, PromiseState>();
  readonly #journal: Journal;

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  /** A request stands under the promise, whether or not a clock has named it before. */
  meet(id: string, input: number): void {
    const state = this.#open(id);
    if (!state.reached.has(input)) putJournaled(this.#journal, state.reached, input, SEEN);
  }

  announce({ id, partitions }: OpenPromise, input: number, at: number): void {
    const state = this.#open(id);
    if (!state.partitions) {
      this.#journal.record(() => (state.partitions = null));
      state.partitions = partitions;
    }
    const before = state.reached.get(input) ?? SEEN;
    putJournaled(this.#journal, state.reached, input, Math.max(before, at));
  }

  end(id: string, input: number): void {
    const state = this.#promises.get(id);
    if (state) putJournaled(this.#journal, state.reached, input, ENDED);
  }

  /**
   * A clock of `input` under no promise. Where a promise has ended on all partitions that ever stood under it, the
   * others that it names will not come any more: it was dropped.
   */
  pass(input: number): void {
    for (const [id, { partitions, reached }] of this.#promises) {
      const expected = partitions?.includes(input) === true && !reached.has(input);
      if (expected && [...reached.values()].every((at) => at === ENDED)) this.end(id, input);
    }
  }

  /** Up to which event time requests under the promise need not wait. */
  reached(id: string): number {
    const state = this.#promises.get(id);
    if (!state) return ENDED;
    const { partitions, reached } = state;
    if (!partitions) return [...reached.values()].includes(ENDED) ? ENDED : SEEN;
    let least = ENDED;
    for (const partition of partitions) least = Math.min(least, reached.get(partition) ?? SEEN);
    return least;
  }

  ids(): readonly string[] {
    return [...this.#promises.keys()];
  }

  /** To be called when nothing waits for it any more. */
  forget(id: string): void {
    deleteJournaled(this.#journal, this.#promises, id);
  }

  write(writer: ByteWriter): void {
    writer.varint(this.#promises.size);
    for (const [id, { partitions, reached }] of this.#promises) {
      writer.text(id).varint(partitions ? partitions.length : -1);
      for (const partition of partitions ?? []) writer.varint(partition);
      const base = leastTime(reached);
      writer.varint(reached.size).varint(base);
      for (const [partition, at] of reached) writeReached(writer.varint(partition), at, base);
    }
  }

  read(reader: ByteReader): void {
    for (let left = reader.varint(); left > 0; left--) {
      const id = reader.text() ?? '';
      const count = reader.varint();
      const partitions = count < 0 ? null : Array.from({ length: count }, () => reader.varint());
      const size = reader.varint();
      const base = reader.varint();
      const reached = new Map(Array.from({ length: size }, () => [reader.varint(), readReached(reader, base)]));
      this.#promises.set(id, { partitions, reached });
    }
  }

  #open(id: string): PromiseState {
    const found = this.#promises.get(id);
    if (found) return found;
    const opened: PromiseState = { partitions: null, reached: new Map() };
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
  if (at === SEEN) writer.byte(0);
  else if (at === ENDED) writer.byte(1);
  else writer.byte(2).varint(at - base);
}

function readReached(reader: ByteReader, base: number): number {
  const state = reader.byte();
  if (state === 2) return base + reader.varint();
  return state === 0 ? SEEN : ENDED;
}
