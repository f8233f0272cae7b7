import type { Decimal } from '../parquet/decimal.ts';
import { instant, jsonValue } from '../parquet/json-value.ts';

/**
 * What a value of a Parquet's column is in an event, by the JSON types that the schema allows for its field: an instant
 * is RFC 3339, or epoch milliseconds where only numbers are allowed; an integer is a text where only texts are. Null is
 * null where that is allowed, else absent (undefined), as in a CSV.
 *
 * @param types empty: the schema does not say; undefined: it does not know the field
 * @throws RangeError with what was found, for what has no JSON
 */
export function columnValue(
  value: unknown,
  types: readonly string[] | undefined,
  decimal: Decimal | undefined,
): unknown {
  const json = typedValue(value, types ?? [], decimal);
  if (json !== null) return json;
  return types !== undefined && (types.length === 0 || types.includes('null')) ? null : undefined;
}

function typedValue(value: unknown, types: readonly string[], decimal: Decimal | undefined): unknown {
  if (value instanceof Date && takesNumbers(types) && !types.includes('string')) return instant(value);
  if (decimal === undefined && isInteger(value) && types.includes('string') && !takesNumbers(types))
    return String(value);
  return jsonValue(value, decimal);
}

function takesNumbers(types: readonly string[]): boolean {
  return types.includes('number') || types.includes('integer');
}

function isInteger(value: unknown): boolean {
  return typeof value === 'bigint' || Number.isInteger(value);
}
