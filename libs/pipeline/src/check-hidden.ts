import { unknownField, type LoadedEvent } from './build-events.ts';
import type { HiddenNames } from './hidden-fields.ts';
import type { Problems } from './problems.ts';

type Events = ReadonlyMap<string, LoadedEvent>;

/** Types of JSON that a pseudonym can stand for. */
const REPLACEABLE = ['string', 'integer', 'null'];

/** Reports fields that no event has, that are shown by their nature, or that cannot be replaced. */
export function checkHidden({ sensitive, pseudonyms }: HiddenNames, events: Events, problems: Problems): void {
  checkKnown('sensitive', sensitive, events, problems);
  checkKnown('pseudonyms', pseudonyms, events, problems);
  const plans = [...events.values()].map(({ plan }) => plan);
  for (const [i, name] of sensitive.entries())
    if (plans.some(({ id, time }) => id === name || time === name))
      problems.add(['events', 'sensitive', i], {
        found: `${name}, which is an event's id or time`,
        allowed: 'fields that are not published anyway; an id may be one of events.pseudonyms',
      });
  for (const [i, name] of pseudonyms.entries()) {
    const path = ['events', 'pseudonyms', i];
    if (sensitive.includes(name))
      problems.add(path, {
        found: `${name}, which is in events.sensitive too`,
        allowed: 'each field in one of the two',
      });
    if (plans.some(({ time }) => time === name))
      problems.add(path, { found: `${name}, which is an event's time`, allowed: 'fields that are no times of events' });
    checkReplaceable(name, path, events, problems);
  }
}

function checkKnown(option: keyof HiddenNames, names: readonly string[], events: Events, problems: Problems): void {
  const known = new Map([...events.values()].flatMap((event) => [...(event.fields ?? [])]));
  if ([...events.values()].some((event) => event.fields === null)) return;
  for (const [i, name] of names.entries())
    if (!known.has(name)) problems.add(['events', option, i], unknownField(name, known));
}

function checkReplaceable(name: string, path: readonly (string | number)[], events: Events, problems: Problems): void {
  for (const { plan } of events.values()) {
    const types = plan.types.get(name);
    if (types === undefined || (types.length > 0 && types.every((type) => REPLACEABLE.includes(type)))) continue;
    problems.add(path, {
      found: `${name}, ${types.join(' or ') || 'of no type'} in ${plan.type}`,
      allowed: 'fields whose schema says string or integer, or null besides',
    });
  }
}
