/** Cuts a stream of bytes into Kafka's frames: a length of four bytes, then so many bytes. Frames are given whole, with their length. */
export class FrameSplitter {
  #pending = Buffer.alloc(0);

  /** The frames that the chunk completes. */
  push(chunk: Buffer): readonly Buffer[] {
    this.#pending = Buffer.concat([this.#pending, chunk]);
    const frames: Buffer[] = [];
    while (this.#pending.length >= 4 && this.#pending.length >= 4 + this.#pending.readInt32BE(0)) {
      const length = 4 + this.#pending.readInt32BE(0);
      frames.push(this.#pending.subarray(0, length));
      this.#pending = this.#pending.subarray(length);
    }
    return frames;
  }
}
