const SIZE_BYTES = 4;
/** More than any broker answers: a fetch is bounded, and so are records. */
const MOST_BYTES = 256 << 20;

/**
 * Puts the pieces that a socket reads together to whole responses, each in one buffer of its size: kafkajs, given pieces,
 * would keep all of them and then copy them. https://kafka.apache.org/protocol#protocol_common
 */
export class FrameAssembler {
  readonly #onFrame: (frame: Buffer) => void;
  readonly #size = Buffer.alloc(SIZE_BYTES);
  /** Null while it is not known how large the next one is. */
  #frame: Buffer | null = null;
  #filled = 0;

  constructor(onFrame: (frame: Buffer) => void) {
    this.#onFrame = onFrame;
  }

  /**
   * Copies the piece, whose memory the socket reads into again.
   *
   * @throws Error when what is read is not Kafka's protocol
   */
  push(piece: Uint8Array): void {
    for (let at = 0; at < piece.length;) {
      const target = this.#frame ?? this.#size;
      const part = piece.subarray(at, at + target.length - this.#filled);
      target.set(part, this.#filled);
      at += part.length;
      this.#filled += part.length;
      if (this.#filled === target.length) this.#full(target);
    }
  }

  #full(target: Buffer): void {
    if (target === this.#size) {
      this.#frame = Buffer.allocUnsafe(SIZE_BYTES + checked(this.#size.readInt32BE()));
      this.#size.copy(this.#frame);
      if (this.#frame.length > SIZE_BYTES) return;
    }
    const frame = this.#frame as Buffer;
    this.#frame = null;
    this.#filled = 0;
    this.#onFrame(frame);
  }
}

function checked(size: number): number {
  if (size >= 0 && size <= MOST_BYTES) return size;
  throw new Error('what answers there does not speak the Kafka protocol');
}
