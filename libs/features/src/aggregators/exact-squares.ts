const float = new Float64Array(1);
const bits = new BigUint64Array(float.buffer);
/** Bits of the quotient that is turned into a number: more than its 53, so that a root of it is right to the last place or so. */
const QUOTIENT_BITS = 120;

/**
 * Sums of x and of x² without any rounding, so that the spread of large, close values does not drown in cancellation.
 * Integers are summed as such while that is exact; anything else goes into big integers of a common unit 2^exponent.
 */
export class ExactSquares {
  #n = 0;
  #wholeSum = 0;
  #wholeSquares = 0;
  #sum = 0n;
  #squares = 0n;
  #exponent = 0;

  add(x: number): void {
    this.#n++;
    if (!Number.isInteger(x) || !this.#addWhole(x, x * x)) this.#addExactly(x);
  }

  /** Adds all that `other` holds; `other` stays as it is. */
  merge(other: ExactSquares): void {
    this.#n += other.#n;
    this.#toUnit(other.#exponent);
    const finer = BigInt(other.#exponent - this.#exponent);
    this.#sum += other.#sum << finer;
    this.#squares += other.#squares << (2n * finer);
    if (this.#addWhole(other.#wholeSum, other.#wholeSquares)) return;
    const unit = BigInt(-this.#exponent);
    this.#sum += BigInt(other.#wholeSum) << unit;
    this.#squares += BigInt(other.#wholeSquares) << (2n * unit);
  }

  /** Null below two values. */
  sampleDeviation(): number | null {
    if (this.#n < 2) return null;
    this.#toUnit(0);
    const unit = BigInt(-this.#exponent);
    const sum = this.#sum + (BigInt(this.#wholeSum) << unit);
    const squares = this.#squares + (BigInt(this.#wholeSquares) << (2n * unit));
    const n = BigInt(this.#n);
    return rootOfRatio(n * squares - sum * sum, n * (n - 1n), this.#exponent);
  }

  /** False, and nothing is added, where integers would no longer be exact. */
  #addWhole(x: number, square: number): boolean {
    const sum = this.#wholeSum + x;
    const squares = this.#wholeSquares + square;
    if (!Number.isSafeInteger(squares) || !Number.isSafeInteger(sum)) return false;
    this.#wholeSum = sum;
    this.#wholeSquares = squares;
    return true;
  }

  #addExactly(x: number): void {
    float[0] = x;
    const exponent = Number((bits[0]! >> 52n) & 0x7ffn);
    const fraction = bits[0]! & 0xfffffffffffffn;
    const size = exponent === 0 ? fraction : fraction | (1n << 52n);
    const position = Math.max(exponent, 1) - 1075;
    this.#toUnit(position);
    const scaled = (x < 0 ? -size : size) << BigInt(position - this.#exponent);
    this.#sum += scaled;
    this.#squares += scaled * scaled;
  }

  /** Makes the unit at most 2^exponent. */
  #toUnit(exponent: number): void {
    if (exponent >= this.#exponent) return;
    const finer = BigInt(this.#exponent - exponent);
    this.#sum <<= finer;
    this.#squares <<= 2n * finer;
    this.#exponent = exponent;
  }
}

/** √(above / below) · 2^exponent. */
function rootOfRatio(above: bigint, below: bigint, exponent: number): number {
  if (above === 0n) return 0;
  const missing = QUOTIENT_BITS - (bitLength(above) - bitLength(below));
  const shift = missing + (missing & 1);
  const quotient = shift >= 0 ? (above << BigInt(shift)) / below : (above >> BigInt(-shift)) / below;
  return scaled(Math.sqrt(Number(quotient)), exponent - shift / 2);
}

function bitLength(size: bigint): number {
  return size.toString(16).length * 4;
}

/** x · 2^exponent, in two steps where one factor would leave the range. */
function scaled(x: number, exponent: number): number {
  const half = Math.trunc(exponent / 2);
  return x * 2 ** half * 2 ** (exponent - half);
}
