const LIMB_BITS = 32;
/** The lowest limb counts units of 2^-1074, the least positive float64. */
const UNIT_EXPONENT = -1074;
/** The highest bit of a float64 lies at 2^2097 units; what is left holds the sum of 2^63 such numbers. */
const LIMBS = 68;
/** Each addition adds less than 2^33 to a limb, and a limb is exact below 2^53. */
const ADDITIONS_BEFORE_CARRY = 2 ** 19;

/** An exact sum as JSON: a whole part, and 32-bit limbs by their position, those that are not 0. */
export interface ExactSumState {
  readonly whole: number;
  readonly limbs: readonly (readonly [position: number, limb: number])[];
}

const float = new Float64Array(1);
const halves = new Uint32Array(float.buffer);

/**
 * A sum of float64 values that loses nothing: the result is the true sum, rounded once (to nearest, ties to even), so
 * it depends on what is in the sum and not on the order or history of its additions and subtractions.
 *
 * A long accumulator (U. Kulisch, "Computer Arithmetic and Validity", 2008): one fixed-point number wide enough for
 * every float64, in limbs of 32 bits whose carries are put off. Integers are added as such while that is exact, which
 * is the common case.
 *
 * ```ts
 * const sum = new ExactSum().add(1e100).add(0.1).subtract(1e100);
 * sum.value(); // 0.1
 * ```
 *
 * Only finite values may be added. A sum beyond the range of float64 is ±Infinity; zero is +0.
 */
export class ExactSum {
  /** The part added as integers: always a safe integer. */
  #whole = 0;
  #limbs: Float64Array | null = null;
  #pending = 0;

  add(x: number): this {
    const whole = this.#whole + x;
    if (Number.isInteger(x) && Number.isSafeInteger(x) && Number.isSafeInteger(whole)) this.#whole = whole;
    else this.#addToLimbs(x);
    return this;
  }

  subtract(x: number): this {
    return this.add(-x);
  }

  /** Adds all that `other` holds; its value stays as it is. */
  merge(other: ExactSum): this {
    this.add(other.#whole);
    const theirs = other.#limbs;
    if (!theirs) return this;
    other.#carry(); // its limbs are then as small as those of one addition
    const ours = this.#limbsForOneMore();
    for (let i = 0; i < LIMBS; i++) ours[i] = (ours[i] as number) + (theirs[i] as number);
    return this;
  }

  /** Goes on from what `toJSON` gave. */
  static from({ whole, limbs }: ExactSumState): ExactSum {
    const sum = new ExactSum();
    sum.#whole = whole;
    if (limbs.length === 0) return sum;
    const ours = sum.#limbsForOneMore();
    for (const [position, limb] of limbs) ours[position] = limb;
    return sum;
  }

  /** The same for the same contents, in whatever order they came. */
  toJSON(): ExactSumState {
    this.#gather();
    const limbs = [...(this.#limbs ?? [])].flatMap((limb, position) => (limb === 0 ? [] : [[position, limb] as const]));
    return { whole: this.#whole, limbs };
  }

  value(): number {
    this.#gather();
    return this.#limbs ? rounded(this.#limbs) : this.#whole + 0;
  }

  /** Where there are limbs, all is in them. */
  #gather(): void {
    if (this.#limbs && this.#whole !== 0) {
      const whole = this.#whole;
      this.#whole = 0;
      this.#addToLimbs(whole);
    }
    this.#carry();
  }

  #limbsForOneMore(): Float64Array {
    if (this.#pending === ADDITIONS_BEFORE_CARRY) this.#carry();
    this.#pending++;
    this.#limbs ??= new Float64Array(LIMBS);
    return this.#limbs;
  }

  #carry(): void {
    if (this.#limbs && this.#pending > 0) propagate(this.#limbs);
    this.#pending = 0;
  }

  /** x = ±(high · 2^32 + low) · 2^position units. */
  #addToLimbs(x: number): void {
    if (!Number.isFinite(x)) throw new RangeError(`only finite values have a sum, not ${x}`);
    const limbs = this.#limbsForOneMore();
    float[0] = x;
    const low = halves[0] as number;
    const top = halves[1] as number;
    const exponent = (top >>> 20) & 0x7ff;
    const high = exponent === 0 ? top & 0xfffff : (top & 0xfffff) | 0x100000;
    const position = exponent === 0 ? 0 : exponent - 1;
    const sign = x < 0 ? -1 : 1;
    const limb = position >>> 5;
    const shift = position & 31;
    const over = (bits: number): number => (shift === 0 ? 0 : bits >>> (LIMB_BITS - shift));
    limbs[limb] = (limbs[limb] as number) + sign * ((low << shift) >>> 0);
    limbs[limb + 1] = (limbs[limb + 1] as number) + sign * (over(low) + ((high << shift) >>> 0));
    limbs[limb + 2] = (limbs[limb + 2] as number) + sign * over(high);
  }
}

/** Brings every limb but the highest into [0, 2^32); the highest keeps the sign. */
function propagate(limbs: Float64Array): void {
  for (let i = 0; i < LIMBS - 1; i++) {
    const carry = Math.floor((limbs[i] as number) / 2 ** LIMB_BITS);
    limbs[i] = (limbs[i] as number) - carry * 2 ** LIMB_BITS;
    limbs[i + 1] = (limbs[i + 1] as number) + carry;
  }
}

/**
 * The highest 96 bits and whether anything lies below them decide the rounding, which converting a BigInt to a number
 * does as IEEE 754 asks; scaling by a power of two is exact, since no result here is subnormal and inexact at once.
 */
function rounded(limbs: Float64Array): number {
  if ((limbs[LIMBS - 1] as number) < 0) return -rounded(negated(limbs));
  let highest = LIMBS - 1;
  while (highest > 2 && limbs[highest] === 0) highest--;
  const lowest = highest - 2;
  let bits = 0n;
  for (let i = highest; i >= lowest; i--) bits = (bits << 32n) | BigInt(limbs[i] as number);
  for (let i = 0; i < lowest; i++) {
    if (limbs[i] === 0) continue;
    bits |= 1n;
    break;
  }
  return Number(bits) * 2 ** (LIMB_BITS * lowest + UNIT_EXPONENT);
}

function negated(limbs: Float64Array): Float64Array {
  const opposite = limbs.map((limb) => 0 - limb);
  propagate(opposite);
  return opposite;
}
