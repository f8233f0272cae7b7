import type { ByteReader, ByteWriter, Journal } from '@millrace/core';

/** Where the horizon stood as an input partition began behind it. */
interface HorizonNote {
  readonly horizon: number;
  /** Offset of the clock that said so. */
  readonly from: number;
}

/** Each takes up to eight bytes of the marker. */
const MOST_NOTES = 64;

/**
 * Where the horizon stood whenever an input partition's clock came, or went back, behind it. No other partition sends anything
 * for panes that is older than the horizon is when it comes. Such a one may, until its clock has caught up: that is found by these notes, and
 * panes are closed to it. A restore could not know the horizon of then, so they are in the marker, until no window reaches back to them.
 */
export class HorizonNotes {
  readonly #journal: Journal;
  /** Ascending. */
  #notes: readonly HorizonNote[] = [];

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  /** The least horizon that is kept; ∞ without any. */
  get least(): number {
    return this.#notes[0]?.horizon ?? Infinity;
  }

  add(note: HorizonNote): void {
    const before = this.#notes;
    if (before.at(-1)?.horizon === note.horizon) return;
    this.#journal.record(() => (this.#notes = before));
    this.#notes = [...before, note].slice(-MOST_NOTES);
  }

  /** Whether an event at `offset` is known to be older than the horizon was when it came. */
  isBehind(at: number, offset: number): boolean {
    return this.#notes.some(({ horizon, from }) => at < horizon && from < offset);
  }

  /** No window sees what is stamped before `time`. */
  forget(time: number): void {
    if (this.least <= time) this.#notes = this.#notes.filter(({ horizon }) => horizon > time);
  }

  write(writer: ByteWriter): void {
    writer.varint(this.#notes.length);
    let before = { horizon: 0, from: 0 };
    for (const note of this.#notes) {
      writer.varint(note.horizon - before.horizon).varint(note.from - before.from);
      before = note;
    }
  }

  read(reader: ByteReader): void {
    let [horizon, from] = [0, 0];
    this.#notes = Array.from({ length: reader.varint() }, () => {
      horizon += reader.varint();
      from += reader.varint();
      return { horizon, from };
    });
  }
}
