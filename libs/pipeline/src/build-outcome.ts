import { msOf } from './checked-quantity.ts';
import type { FileScope } from './file-scope.ts';
import type { OutcomeSection } from './pipeline-file.ts';
import type { OutcomePlan } from './plan.ts';

/** Null where the file has none, or one that was reported. */
export function buildOutcome(
  section: OutcomeSection | undefined,
  key: string | undefined,
  sensitive: readonly string[],
  scope: FileScope,
): OutcomePlan | null {
  if (section === undefined) return null;
  const { from, id } = section;
  scope.checkType(['outcome', 'from'], from);
  scope.checkKeyField(['outcome', 'id'], id, from);
  if (id !== undefined && sensitive.includes(id))
    scope.problems.add(['outcome', 'id'], {
      found: `${id}, which is sensitive`,
      allowed: 'a field that may be published: it is the id of every prediction',
    });
  const fields = scope.fields(from);
  if (fields !== null && key !== undefined && !fields.has(key))
    scope.problems.add(['outcome', 'from'], {
      found: `${from}, which has no field ${key}`,
      allowed: 'an event that carries predict.key, so that outcome and prediction meet',
    });
  const label = scope.compile(['outcome', 'label'], section.label, from, true);
  if (label?.type === 'string')
    scope.problems.add(['outcome', 'label'], { found: 'text', allowed: 'true, false or a number' });
  const withinMs = msOf(section.within, null);
  if (from === undefined || id === undefined || label === null || withinMs === null) return null;
  return { from, id, label, withinMs };
}
