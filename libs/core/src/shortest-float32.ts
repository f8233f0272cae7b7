/** 10^0 to 10^22: the powers of ten that are exact in float64. */
const POWERS_OF_TEN = Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));

/** Six decimal digits survive a float32; nine tell every float32 from its neighbours (C's FLT_DIG, FLT_DECIMAL_DIG). */
const SAFE_DIGITS = 6;
const ALL_DIGITS = 9;

/**
 * The float64 that prints as the shortest decimal which reads back as this float32: `Math.fround(0.1)` is
 * 0.10000000149011612, its shortest decimal is 0.1. Not finite: itself.
 */
export function shortestFloat32(value: number): number {
  if (Number.isInteger(value) && Math.abs(value) < 1e6) return value;
  if (!Number.isFinite(value)) return value;
  const leading = Math.floor(Math.log10(Math.abs(value)));
  for (let digits = SAFE_DIGITS; digits < ALL_DIGITS; digits++) {
    const candidate = roundedTo(value, digits, leading);
    if (Math.fround(candidate) === value) return candidate;
  }
  return roundedTo(value, ALL_DIGITS, leading);
}

/** An integer below 10^10 over an exact power of ten is one correctly rounded division: what its decimal text reads as. */
function roundedTo(value: number, digits: number, leading: number): number {
  const decimals = digits - 1 - leading;
  const scale = POWERS_OF_TEN[decimals];
  return scale === undefined ? Number(value.toPrecision(digits)) : Math.round(value * scale) / scale;
}
