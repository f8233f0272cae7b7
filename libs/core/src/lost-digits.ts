/** What float64 has not of an integer beyond 2^53: a small integer. NaN: it has all of it. */
export function lostDigits(value: bigint): number {
  const near = Number(value);
  return Number.isSafeInteger(near) ? Number.NaN : Number(value - BigInt(near));
}

/** The integer again, from the float64 nearest to it and `lostDigits`; any other number as it is. */
export function withLostDigits(near: number, lost = Number.NaN): number | bigint {
  return Number.isNaN(lost) ? near : BigInt(near) + BigInt(lost);
}
