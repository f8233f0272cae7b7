import { isBefore, type Entry } from './entry.ts';

/** The events of one type under one key: a set by (at, id), kept in that order. The first one that came wins. */
export class EntryList {
  readonly #entries: Entry[] = [];

  get entries(): readonly Entry[] {
    return this.#entries;
  }

  /** False when one with this time and id is there already. Appending is the common case. */
  insert(entry: Entry): boolean {
    const last = this.#entries.at(-1);
    if (!last || isBefore(last, entry)) {
      this.#entries.push(entry);
      return true;
    }
    const at = this.#place(entry);
    const found = this.#entries[at];
    if (found && found.at === entry.at && found.id === entry.id) return false;
    this.#entries.splice(at, 0, entry);
    return true;
  }

  remove(entry: Entry): void {
    const at = this.#place(entry);
    if (this.#entries[at] === entry) this.#entries.splice(at, 1);
  }

  /** Index of the first entry at or after `time`. */
  firstFrom(time: number): number {
    return this.#first((entry) => entry.at >= time);
  }

  /** Takes out what is stamped at or before `time`. */
  dropThrough(time: number): readonly Entry[] {
    return this.#entries.splice(
      0,
      this.#first((entry) => entry.at > time),
    );
  }

  #place(entry: Entry): number {
    return this.#first((other) => !isBefore(other, entry));
  }

  /** Index of the first entry for which `holds`, which is false up to there and true from there on. */
  #first(holds: (entry: Entry) => boolean): number {
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (holds(this.#entries[middle] as Entry)) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
