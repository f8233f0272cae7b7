import type { FeatureRow } from '@millrace/features';
import type { Plan } from '@millrace/pipeline';

import { columns, type Cell, type Column } from './column.ts';

/** `id,at,key`, then the features by name: the columns of `millrace features`. */
export function featureColumns({ vector }: Plan): readonly Column[] {
  return [
    { name: 'id', kind: 'text' },
    { name: 'at', kind: 'instant' },
    { name: 'key', kind: 'text' },
    ...columns(
      'float32',
      vector.map(({ name }) => name),
    ),
  ];
}

export function featureCells({ id, at, key, vector }: FeatureRow): readonly Cell[] {
  const cells: Cell[] = [id, at, key];
  for (const value of vector) cells.push(value);
  return cells;
}
