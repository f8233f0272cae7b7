/** So many are cut from one block, which is freed when none of them is left. */
const ARRAYS = 256;

/**
 * Hands out arrays of one length, filled with NaN. Made one by one, each would take memory outside of V8's heap, which costs more
 * than what is done with it.
 */
export function arraysOf<Floats extends Float32Array | Float64Array>(
  Type: new (length: number) => Floats,
  length: number,
): () => Floats {
  let block = new Type(0);
  let taken = 0;
  return () => {
    if (taken === block.length) {
      block = new Type(length * ARRAYS);
      block.fill(Number.NaN);
      taken = 0;
    }
    taken += length;
    return block.subarray(taken - length, taken) as Floats;
  };
}
