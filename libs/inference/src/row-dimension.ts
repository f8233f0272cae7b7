import type { ModelSignature } from './signature.ts';

/**
 * What the first dimension of a model's inputs and outputs is. `any`: it counts rows, as many as one likes. `one`: rows,
 * of which a run takes one. `none`: something else, or it cannot be known; such a model runs a request as it is.
 */
export type RowDimension = 'any' | 'one' | 'none';

/**
 * Rows may share a run only where a row cannot have to do with another: all inputs and outputs have the same open first
 * dimension (by its name, where it has one) and no other open one. A fixed number of rows other than 1 may as well be
 * the side of a matrix.
 */
export function rowDimension({ inputs, outputs }: ModelSignature): RowDimension {
  const all = [...inputs, ...outputs];
  if (inputs.length === 0 || all.some(({ shape }) => shape.slice(1).some((size) => typeof size === 'string')))
    return 'none';
  const names = new Set(all.map(({ shape: [first] }) => first ?? null).filter((first) => first !== ''));
  const [name = ''] = names;
  if (names.size > 1 || name === null) return 'none';
  if (typeof name === 'string') return 'any';
  return name === 1 && all.every(({ shape }) => shape[0] === 1) ? 'one' : 'none';
}
