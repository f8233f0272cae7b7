const FRACTION = 1024;
const SMALLEST = 2 ** -24;

/** The number that the bits of an IEEE 754 binary16 are. Not all versions of Node that run this have a type for it. */
export function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits % FRACTION;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : Number.NaN;
  if (exponent === 0) return sign * fraction * SMALLEST;
  return sign * (1 + fraction / FRACTION) * 2 ** (exponent - 15);
}
