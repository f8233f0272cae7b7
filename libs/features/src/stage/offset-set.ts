const CHUNK = 1024;

interface Chunk {
  /** One bit per offset. */
  readonly bits: Uint32Array;
  count: number;
}

/** The offsets of all records that a partition keeps something of, to know the least of them at every commit. */
export class OffsetSet {
  /** By offset / 1024; since offsets come in ascending order, so do the chunks. */
  readonly #chunks = new Map<number, Chunk>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(offset: number): void {
    const chunk = this.#chunk(Math.floor(offset / CHUNK));
    const { word, bit } = placeOf(offset);
    if ((chunk.bits[word]! & bit) !== 0) return;
    chunk.bits[word]! |= bit;
    chunk.count++;
    this.#size++;
  }

  remove(offset: number): void {
    const chunk = this.#chunks.get(Math.floor(offset / CHUNK));
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
    }
  }

  #chunk(index: number): Chunk {
    const found = this.#chunks.get(index);
    if (found) return found;
    const opened = { bits: new Uint32Array(CHUNK / 32), count: 0 };
    this.#chunks.set(index, opened);
    return opened;
  }
}

function placeOf(offset: number): { word: number; bit: number } {
  const within = offset % CHUNK;
  return { word: within >>> 5, bit: 1 << (within & 31) };
}
