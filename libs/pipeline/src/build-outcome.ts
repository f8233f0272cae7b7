import { msOf } from './checked-quantity.ts';
import type { FileScope } from './file-scope.ts';
import type { PipelineFile } from './pipeline-file.ts';
import type { OutcomePlan } from './plan.ts';

/** Null where the file has none, or one that was reported. */
export function buildOutcome(
  { outcome: section, predict, events }: PipelineFile,
  scope: FileScope,
): OutcomePlan | null {
  if (section === undefined) return null;
  const { from, id } = section;
  const { on, key } = predict ?? {};
  scope.checkType(['outcome', 'from'], from);
  scope.checkKeyField(['outcome', 'id'], id, from);
  if (id !== undefined && events?.sensitive?.includes(id) === true)
    scope.problems.add(['outcome', 'id'], {
      found: `${id}, which is sensitive`,
      allowed: 'a field that may be published, as the id of every prediction, or one of events.pseudonyms',
    });
  checkJoin(id, on, scope);
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

/** A pseudonym and a value never meet. */
function checkJoin(id: string | undefined, on: string | undefined, scope: FileScope): void {
  const asked = on === undefined ? undefined : scope.idField(on);
  if (id === undefined || asked === undefined) return;
  const [isOne, isAsked] = [id, asked].map((field) => field !== null && scope.isPseudonym(field));
  if (isOne === isAsked) return;
  const idOf = `the id of ${on}, ${asked ?? 'ce_id'},`;
  scope.problems.add(['outcome', 'id'], {
    found: isOne ? `${id}, a pseudonym, and ${idOf} is none` : `${id}, which is no pseudonym, and ${idOf} is one`,
    allowed: 'both or neither in events.pseudonyms, so that outcome and prediction meet',
  });
}
