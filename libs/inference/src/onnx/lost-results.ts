import { lostDigits } from '@millrace/core';

/** What the results of a batch have lost: nothing, but for integers beyond 2^53. */
export class LostResults {
  readonly #results: number;
  #found: Float64Array<ArrayBuffer> | null = null;

  constructor(results: number) {
    this.#results = results;
  }

  /** `lostDigits` of each result; null: of none is anything lost. */
  get found(): Float64Array<ArrayBuffer> | null {
    return this.#found;
  }

  note(place: number, value: bigint): void {
    const lost = lostDigits(value);
    if (Number.isNaN(lost)) return;
    this.#found ??= new Float64Array(this.#results).fill(Number.NaN);
    this.#found[place] = lost;
  }
}

export function isLongIntegers(data: unknown): data is BigInt64Array | BigUint64Array {
  return data instanceof BigInt64Array || data instanceof BigUint64Array;
}

/** A row's result, behind which stands what each number of it has lost, if one of them has. */
export function withLost(result: Float64Array, lost: Float64Array): Float64Array {
  if (lost.every(Number.isNaN)) return result;
  const both = new Float64Array(2 * result.length);
  both.set(result);
  both.set(lost, result.length);
  return both;
}
