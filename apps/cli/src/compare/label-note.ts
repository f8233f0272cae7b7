import type { Plan } from '@millrace/pipeline';

import type { LabelledRequest } from './labelled-requests.ts';

/** Why metrics are missing, for people; null: they are not. */
export function labelNote({ outcome }: Plan, requests: readonly LabelledRequest[]): string | null {
  if (outcome === null) return 'no metrics: the pipeline file has no outcome, so that events have no labels';
  const labels = requests.flatMap(({ label }) => (label === null ? [] : [label]));
  if (labels.length === 0)
    return `no metrics: the file has no ${outcome.from} with a label within outcome.within of its request`;
  const kinds = new Set(labels);
  const other = [...kinds].find((label) => label !== 0 && label !== 1);
  if (other !== undefined)
    return `no metrics: found a label ${other}; those of a classifier are 0 and 1 (outcome.label true and false)`;
  if (kinds.size === 1) return `no AUC: all ${labels.length} labels are ${labels[0]}; it needs both classes`;
  return null;
}
