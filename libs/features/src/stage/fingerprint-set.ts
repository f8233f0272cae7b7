import type { Fingerprint } from './fingerprint.ts';

const WORDS = 4;
const LEAST_PLACES = 16;

/** A set of fingerprints in one typed array: open addressing, linear probing, at most three quarters full. */
export class FingerprintSet {
  #words = new Uint32Array(LEAST_PLACES * WORDS);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** What it takes for its size, so that equal sets are equally large whatever their history. */
  get bytes(): number {
    let places = LEAST_PLACES;
    while (this.#size * 4 > places * 3) places *= 2;
    return places * WORDS * Uint32Array.BYTES_PER_ELEMENT;
  }

  has(print: Fingerprint): boolean {
    return this.#isTaken(this.#find(print));
  }

  /** False when it was there already. */
  add(print: Fingerprint): boolean {
    if ((this.#size + 1) * 4 > this.#places * 3) this.#grow();
    const place = this.#find(print);
    if (this.#isTaken(place)) return false;
    this.#words.set(print, place * WORDS);
    this.#size++;
    return true;
  }

  /** Closes the gap behind it, so that every other one stays reachable (Knuth, TAOCP 6.4, algorithm R). */
  delete(print: Fingerprint): void {
    let gap = this.#find(print);
    if (!this.#isTaken(gap)) return;
    this.#size--;
    for (let place = this.#next(gap); this.#isTaken(place); place = this.#next(place)) {
      const home = this.#home(this.#words[place * WORDS]!);
      const reachable = gap <= place ? gap < home && home <= place : gap < home || home <= place;
      if (reachable) continue;
      this.#words.copyWithin(gap * WORDS, place * WORDS, (place + 1) * WORDS);
      gap = place;
    }
    this.#words.fill(0, gap * WORDS, (gap + 1) * WORDS);
  }

  get #places(): number {
    return this.#words.length / WORDS;
  }

  #home(word: number): number {
    return (word >>> 1) & (this.#places - 1);
  }

  #next(place: number): number {
    return (place + 1) & (this.#places - 1);
  }

  #isTaken(place: number): boolean {
    return this.#words[place * WORDS] !== 0;
  }

  /** Its place, or the free one where it would go. */
  #find(print: Fingerprint): number {
    let place = this.#home(print[0]);
    while (this.#isTaken(place) && !this.#holds(place, print)) place = this.#next(place);
    return place;
  }

  #holds(place: number, print: Fingerprint): boolean {
    return print.every((word, i) => this.#words[place * WORDS + i] === word);
  }

  #grow(): void {
    const before = this.#words;
    this.#words = new Uint32Array(before.length * 2);
    for (let at = 0; at < before.length; at += WORDS) {
      if (before[at] === 0) continue;
      const print = before.subarray(at, at + WORDS);
      this.#words.set(print, this.#find(Array.from(print) as unknown as Fingerprint) * WORDS);
    }
  }
}
