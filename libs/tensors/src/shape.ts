/** How many elements a tensor of this shape has; 1 for a scalar. Infinity where it is more than can be counted. */
export function elementCount(shape: readonly number[]): number {
  if (shape.includes(0)) return 0;
  const count = shape.reduce((product, size) => product * size, 1);
  return Number.isSafeInteger(count) ? count : Infinity;
}

/** For people: `[-1, 20]`. */
export function describeShape(shape: readonly number[]): string {
  return `[${shape.join(', ')}]`;
}
