import { ByteReader, ByteWriter } from '@millrace/core';

/** What a speaker's clock says. */
export interface Tidings {
  /** Event time, epoch milliseconds. */
  readonly at: number;
  /** The least event time ever seen. */
  readonly first: number;
  /** All partitions that the speaker's open promise names; null without one. */
  readonly promised: readonly number[] | null;
}

/**
 * How far one input topic of the join has come: the least of the clocks known, one per speaker. It stands while an open
 * promise names a partition that has not spoken, which may begin anywhere. Never goes back, even where a speaker turns up
 * that is behind.
 */
export class TopicClock {
  readonly #speakers = new Map<number, number>();
  /** What each speaker's latest clock said; not in the marker, since every clock says it again. */
  readonly #promised = new Map<number, readonly number[] | null>();
  /** Nothing earlier follows, late records aside; null before any speaker. Event time, epoch milliseconds. */
  at: number | null = null;
  /** The least event time ever seen; null before any speaker. */
  first: number | null = null;

  /** @returns how to take it back */
  advance(speaker: number, { at, first, promised }: Tidings): () => void {
    const before = {
      heard: this.#speakers.get(speaker),
      promised: this.#promised.get(speaker),
      at: this.at,
      first: this.first,
    };
    this.#speakers.set(speaker, Math.max(at, before.heard ?? Number.NEGATIVE_INFINITY));
    this.#promised.set(speaker, promised);
    if (!this.#awaits()) this.at = Math.max(this.at ?? Number.NEGATIVE_INFINITY, Math.min(...this.#speakers.values()));
    this.first = Math.min(first, this.first ?? first);
    return () => {
      putBack(this.#speakers, speaker, before.heard);
      putBack(this.#promised, speaker, before.promised);
      this.at = before.at;
      this.first = before.first;
    };
  }

  #awaits(): boolean {
    return [...this.#promised.values()].some((named) => named?.some((partition) => !this.#speakers.has(partition)));
  }

  /**
   * For the marker: small, because the speakers are near one another.
   *
   * @param level a number to keep beside it
   */
  encode(level = 0): Uint8Array {
    if (this.at === null || this.first === null) return new Uint8Array();
    const writer = new ByteWriter(64).varint(this.at).varint(this.first).varint(this.#speakers.size);
    for (const [speaker, at] of this.#speakers) writer.varint(speaker).varint(at - this.at);
    return (level === 0 ? writer : writer.varint(level)).finish();
  }

  /** @returns the number that was kept beside it */
  load(body: Uint8Array | undefined): number {
    if (!body || body.length === 0) return 0;
    const reader = new ByteReader(body);
    const base = reader.varint();
    this.at = base;
    this.first = reader.varint();
    for (let left = reader.varint(); left > 0; left--) this.#speakers.set(reader.varint(), base + reader.varint());
    return reader.done ? 0 : reader.varint();
  }
}

function putBack<T>(map: Map<number, T>, key: number, before: T | undefined): void {
  if (before === undefined) map.delete(key);
  else map.set(key, before);
}
