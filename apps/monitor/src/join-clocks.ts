import { ByteReader, ByteWriter } from '@millrace/core';

/**
 * How far one input topic of the join has come: the least of the clocks known, one per speaker. Never goes back, even
 * where a speaker turns up that is behind.
 */
export class TopicClock {
  readonly #speakers = new Map<number, number>();
  /** Nothing earlier follows, late records aside; null before any speaker. Event time, epoch milliseconds. */
  at: number | null = null;
  /** The least event time ever seen; null before any speaker. */
  first: number | null = null;

  /** @returns how to take it back */
  advance(speaker: number, at: number, first: number): () => void {
    const before = { heard: this.#speakers.get(speaker), at: this.at, first: this.first };
    this.#speakers.set(speaker, Math.max(at, before.heard ?? Number.NEGATIVE_INFINITY));
    this.at = Math.max(this.at ?? Number.NEGATIVE_INFINITY, Math.min(...this.#speakers.values()));
    this.first = Math.min(first, this.first ?? first);
    return () => {
      if (before.heard === undefined) this.#speakers.delete(speaker);
      else this.#speakers.set(speaker, before.heard);
      this.at = before.at;
      this.first = before.first;
    };
  }

  /** For the marker: small, because the speakers are near one another. */
  encode(): Uint8Array {
    if (this.at === null || this.first === null) return new Uint8Array();
    const writer = new ByteWriter(64).varint(this.at).varint(this.first).varint(this.#speakers.size);
    for (const [speaker, at] of this.#speakers) writer.varint(speaker).varint(at - this.at);
    return writer.finish();
  }

  load(body: Uint8Array | undefined): void {
    if (!body || body.length === 0) return;
    const reader = new ByteReader(body);
    const base = reader.varint();
    this.at = base;
    this.first = reader.varint();
    for (let left = reader.varint(); left > 0; left--) this.#speakers.set(reader.varint(), base + reader.varint());
  }
}
