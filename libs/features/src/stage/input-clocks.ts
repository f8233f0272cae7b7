import type { ByteReader, ByteWriter, Journal } from '@millrace/core';
import type { ClockRecord } from '@millrace/records';
import { deleteJournaled, putJournaled } from './journaled.ts';
import { PromiseBook } from './promise-book.ts';

interface InputClock {
  /** The greatest time that its clock has said. */
  readonly at: number;
  /** The least event time ever seen in it. */
  readonly first: number;
}

/** The clocks of all partitions of `<p>.events`, as seen in one partition of a stage's topic. */
export class InputClocks {
  readonly #journal: Journal;
  readonly #clocks = new Map<number, InputClock>();
  /** The promise that each input partition stands under. */
  readonly #under = new Map<number, string>();
  readonly #promises: PromiseBook;

  constructor(journal: Journal) {
    this.#journal = journal;
    this.#promises = new PromiseBook(journal);
  }

  apply({ input, at, first, promise }: ClockRecord): void {
    this.#stand(input, promise?.id ?? null);
    if (promise) this.#promises.announce(promise, input, at);
    else this.#promises.pass(input);
    const before = this.#clocks.get(input);
    const next = before ? { at: Math.max(before.at, at), first: Math.min(before.first, first) } : { at, first };
    putJournaled(this.#journal, this.#clocks, input, next);
  }

  /** Up to which event time requests under the promise need not wait: ∞ where it has ended, and without one. */
  reached(promise: string | null): number {
    return promise === null ? Infinity : this.#promises.reached(promise);
  }

  /** To be called when what waited for ended promises is released. */
  forgetEnded(): void {
    this.#promises.forgetEnded();
  }

  /** The least of all clocks seen; null before the first. */
  least(): number | null {
    return this.#least(({ at }) => at);
  }

  /** The least event time ever seen; null before the first clock. */
  first(): number | null {
    return this.#least(({ first }) => first);
  }

  write(writer: ByteWriter): void {
    const least = this.least() ?? 0;
    const first = this.first() ?? 0;
    writer.varint(least).varint(first).varint(this.#clocks.size);
    for (const [input, clock] of this.#clocks) writer.varint(input).varint(clock.at - least).varint(clock.first - first);
    const promises = this.#promises.ids();
    const under = [...this.#under].map(([input, promise]) => [input, promises.indexOf(promise)] as const).filter(([, index]) => index >= 0);
    writer.varint(under.length);
    for (const [input, index] of under) writer.varint(input).varint(index);
    this.#promises.write(writer);
  }

  read(reader: ByteReader): void {
    const least = reader.varint();
    const first = reader.varint();
    for (let left = reader.varint(); left > 0; left--) {
      this.#clocks.set(reader.varint(), { at: least + reader.varint(), first: first + reader.varint() });
    }
    const under = Array.from({ length: reader.varint() }, () => [reader.varint(), reader.varint()] as const);
    this.#promises.read(reader);
    const promises = this.#promises.ids();
    for (const [input, index] of under) this.#under.set(input, promises[index] as string);
  }

  #stand(input: number, promise: string | null): void {
    const before = this.#under.get(input) ?? null;
    if (before === promise) return;
    if (before !== null) this.#promises.end(before, input);
    if (promise === null) deleteJournaled(this.#journal, this.#under, input);
    else putJournaled(this.#journal, this.#under, input, promise);
  }

  #least(of: (clock: InputClock) => number): number | null {
    let least = Infinity;
    for (const clock of this.#clocks.values()) least = Math.min(least, of(clock));
    return least === Infinity ? null : least;
  }
}
