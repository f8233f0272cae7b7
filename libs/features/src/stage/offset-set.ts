const CHUNK = 1024;

interface Chunk {
  readonly index: number;
  /** One bit per offset. */
  readonly bits: Uint32Array;
  count: number;
}

/** The offsets of all records that a partition keeps something of, to know the least of them at every commit. */
export class OffsetSet {
  /** By offset / 1024; since offsets come in ascending order, so do the chunks. */
  readonly #chunks = new Map<number, Chunk>();
  /** The one that was looked at last: most of what comes and goes together lies in one. */
  #latest: Chunk | undefined;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(offset: number): void {
    const chunk = this.#find(offset) ?? this.#open(offset);
    const { word, bit } = placeOf(offset);
    if ((chunk.bits[word]! & bit) !== 0) return;
    chunk.bits[word]! |= bit;
    chunk.count++;
    this.#size++;
  }

  remove(offset: number): void {
    const chunk = this.#find(offset);
    const { word, bit } = placeOf(offset);
    if (!chunk || (chunk.bits[word]! & bit) === 0) return;
    chunk.bits[word]! &= ~bit;
    chunk.count--;
    this.#size--;
  }

  least(): number | null {
    for (const [index, { bits, count }] of this.#chunks) {
      if (count === 0) continue;
      const word = bits.findIndex((value) => value !== 0);
      const lowest = 31 - Math.clz32(bits[word]! & -bits[word]!);
      return index * CHUNK + word * 32 + lowest;
    }
    return null;
  }

  /** Forgets empty chunks. Not before what was removed can no longer be put back: order would be lost. */
  trim(): void {
    for (const [index, { count }] of this.#chunks) {
      if (count > 0) return;
      this.#chunks.delete(index);
      this.#latest = undefined;
    }
  }

  #find(offset: number): Chunk | undefined {
    const index = Math.floor(offset / CHUNK);
    if (this.#latest?.index !== index) this.#latest = this.#chunks.get(index);
    return this.#latest;
  }

  #open(offset: number): Chunk {
    const index = Math.floor(offset / CHUNK);
    this.#latest = { index, bits: new Uint32Array(CHUNK / 32), count: 0 };
    this.#chunks.set(index, this.#latest);
    return this.#latest;
  }
}

function placeOf(offset: number): { word: number; bit: number } {
  const within = offset % CHUNK;
  return { word: within >>> 5, bit: 1 << (within & 31) };
}
