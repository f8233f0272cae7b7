import type { FileMetaData, SchemaElement } from 'hyparquet';

/** What the whole numbers of a column stand for: a decimal with so many digits behind the point. */
export interface Decimal {
  readonly scale: number;
}

/**
 * The columns of decimals. They are also made columns of plain whole numbers, because the library multiplies by a power
 * of ten, which is not exact: 0.3 becomes 0.30000000000000004.
 */
export function fileDecimals({ schema }: FileMetaData): ReadonlyMap<string, Decimal> {
  const found = new Map<string, Decimal>();
  for (const element of topLevel(schema)) {
    if (element.converted_type !== 'DECIMAL' && element.logical_type?.type !== 'DECIMAL') continue;
    const { scale } = element.logical_type?.type === 'DECIMAL' ? element.logical_type : element;
    found.set(element.name, { scale: scale ?? 0 });
    delete element.converted_type;
    delete element.logical_type;
  }
  return found;
}

/** The number nearest to a decimal, given as an integer or as big-endian bytes in two's complement. */
export function decimalNumber(value: number | bigint | Uint8Array, { scale }: Decimal): number {
  const whole = value instanceof Uint8Array ? fromBytes(value) : BigInt(value);
  return Number(`${whole}e-${scale}`);
}

function fromBytes(bytes: Uint8Array): bigint {
  const unsigned = BigInt(`0x0${Buffer.from(bytes).toString('hex')}`);
  return BigInt.asIntN(bytes.length * 8, unsigned);
}

/** The elements are the schema's tree, depth first; the first is its root. */
function topLevel(schema: readonly SchemaElement[]): readonly SchemaElement[] {
  const found: SchemaElement[] = [];
  for (let i = 1; i < schema.length; i = behind(schema, i)) {
    const element = schema[i] as SchemaElement;
    if (element.num_children === undefined) found.push(element);
  }
  return found;
}

function behind(schema: readonly SchemaElement[], at: number): number {
  let next = at + 1;
  for (let child = schema[at]?.num_children ?? 0; child > 0; child--) next = behind(schema, next);
  return next;
}
