const LEAST_BYTES = 4096;

/**
 * Buffers that are used again. Memory of buffers lies outside of V8's heap, and V8 collects all garbage each time that
 * some tens of megabytes of it have been asked for: at full speed that would cost more than the work itself.
 */
export class BufferPool {
  readonly #mostBytes: number;
  /** By size, a power of two. */
  readonly #kept = new Map<number, Buffer[]>();
  #bytes = 0;

  /** @param mostBytes what is kept at most for later */
  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  get keptBytes(): number {
    return this.#bytes;
  }

  /** At least so large; what is in it is left over from before. */
  take(bytes: number): Buffer {
    const size = Math.max(LEAST_BYTES, 2 ** Math.ceil(Math.log2(bytes)));
    const kept = this.#kept.get(size)?.pop();
    if (!kept) return Buffer.allocUnsafeSlow(size);
    this.#bytes -= size;
    return kept;
  }

  /** A whole buffer that `take` gave, and that nobody reads or writes any more. */
  give(buffer: Buffer): void {
    const size = buffer.length;
    if (this.#bytes + size > this.#mostBytes) return;
    this.#bytes += size;
    const same = this.#kept.get(size);
    if (same) same.push(buffer);
    else this.#kept.set(size, [buffer]);
  }
}
