import type { ByteReader, ByteWriter, Journal } from '@millrace/core';
import type { ClockRecord } from '@millrace/records';

import { putJournaled } from './journaled.ts';
import { readTimes, writeTimes } from './marker-body.ts';
import { PromiseBook } from './promise-book.ts';

/** The clocks of all partitions of `<p>.events`, as seen in one partition of a stage's topic. */
export class InputClocks {
  readonly #journal: Journal;
  /** What each one's latest clock said: under a promise that may be less than a tick before it. */
  readonly #at = new Map<number, number>();
  /** Of those, what the stretch of the log that a restore has read says of them. */
  readonly #replayed = new Map<number, number>();
  readonly #promises: PromiseBook;
  #first: number | null = null;

  constructor(journal: Journal) {
    this.#journal = journal;
    this.#promises = new PromiseBook(journal);
  }

  apply({ input, at, first, promise }: ClockRecord): void {
    this.#promises.stand(input, promise?.id ?? null);
    if (promise) this.#promises.announce(promise, input, at);
    this.#promises.pass(input);
    putJournaled(this.#journal, this.#at, input, at);
    if (this.#first === null || first < this.#first) this.#setFirst(first);
  }

  /** Whether it is its partition's first clock here, or goes back, as where ingest has forgotten those before it. */
  begins({ input, at }: ClockRecord): boolean {
    return at < (this.#at.get(input) ?? Infinity);
  }

  /** A clock that a restore has met: the marker holds a later one. */
  replay({ input, at }: ClockRecord): void {
    this.#replayed.set(input, at);
  }

  /** The least of all inputs' clocks at the place that a restore has come to; −∞ while that of one is not known. */
  replayedTo(): number {
    return [...this.#at.keys()].reduce(
      (least, input) => Math.min(least, this.#replayed.get(input) ?? -Infinity),
      Infinity,
    );
  }

  /** Up to which event time requests under the promise need not wait: ∞ where it has ended, and without one. */
  reached(promise: string | null): number {
    return promise === null ? Infinity : this.#promises.reached(promise);
  }

  /** To be called when what waited for ended promises is released. */
  forgetEnded(): void {
    this.#promises.forgetEnded();
  }

  /**
   * The least of all inputs' clocks; null before the first, and while an open promise names a partition that has not
   * come to it: it may begin anywhere. It may go back; whoever goes by it must not.
   */
  least(): number | null {
    if (this.#promises.awaits()) return null;
    let least = Infinity;
    for (const at of this.#at.values()) least = Math.min(least, at);
    return least === Infinity ? null : least;
  }

  /** The least event time ever seen; null before the first clock. */
  first(): number | null {
    return this.#first;
  }

  write(writer: ByteWriter): void {
    writer.varint(this.#first ?? 0);
    writeTimes(writer, this.#at);
    this.#promises.write(writer);
  }

  read(reader: ByteReader): void {
    const first = reader.varint();
    for (const [input, at] of readTimes(reader)) this.#at.set(input, at);
    this.#first = this.#at.size === 0 ? null : first;
    this.#promises.read(reader);
  }

  #setFirst(first: number): void {
    const before = this.#first;
    this.#journal.record(() => (this.#first = before));
    this.#first = first;
  }
}
