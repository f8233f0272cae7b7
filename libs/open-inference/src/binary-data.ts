import { AppError } from '@millrace/core';

/** The bytes behind the JSON, handed out in the order of the tensors. */
export class BinaryData {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** @throws AppError `INFERENCE_INVALID` */
  take(length: number, path: string): Uint8Array {
    const left = this.#bytes.length - this.#at;
    if (length > left)
      throw new AppError(
        'INFERENCE_INVALID',
        `${path}: found ${length}; behind the JSON there are ${left} bytes left.`,
      );
    return this.#bytes.subarray(this.#at, (this.#at += length));
  }

  /** @throws AppError `INFERENCE_INVALID` where something is left */
  end(): void {
    const left = this.#bytes.length - this.#at;
    if (left > 0)
      throw new AppError(
        'INFERENCE_INVALID',
        `behind the JSON there are ${this.#bytes.length} bytes; ${left} more than the inputs' binary_data_size say.`,
      );
  }
}
