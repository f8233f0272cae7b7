import type { WireInteger } from './infer-message.ts';

/** All its digits: a number where that has them, else a bigint. */
export function exactInteger(value: WireInteger, signed: boolean): number | bigint {
  if (typeof value === 'number') return value;
  const high = signed ? value.high | 0 : value.high >>> 0;
  const number = high * 2 ** 32 + (value.low >>> 0);
  return Number.isSafeInteger(number) ? number : (BigInt(high) << 32n) + BigInt(value.low >>> 0);
}
