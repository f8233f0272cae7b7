import { OUTPUT_KINDS, type Outputs } from './outputs.ts';
import type { Violation } from './violation.ts';

/** What is wrong with a run's outputs, seen beside those of the undisturbed run. */
export function compareOutputs(found: Outputs, expected: Outputs): readonly Violation[] {
  return OUTPUT_KINDS.flatMap((kind) => {
    const sets = compareSets(kind, found[kind], expected[kind]);
    if (sets.length > 0 || kind !== 'predictions') return sets;
    return compareOrder(found[kind], expected[kind]);
  });
}

function compareSets(kind: string, found: readonly string[], expected: readonly string[]): readonly Violation[] {
  const left = counted(expected);
  const violations: Violation[] = [];
  for (const text of found) {
    const count = left.get(text) ?? 0;
    if (count === 0) violations.push({ kind: 'other-output', detail: `${kind}: ${text}` });
    else left.set(text, count - 1);
  }
  for (const [text, count] of left) if (count > 0) violations.push({ kind: 'lost-write', detail: `${kind}: ${text}` });
  return violations;
}

function counted(texts: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return counts;
}

function compareOrder(found: readonly string[], expected: readonly string[]): readonly Violation[] {
  const inOrder = byKey(expected);
  return [...byKey(found)].flatMap(([key, texts]): Violation[] =>
    texts.join('\n') === inOrder.get(key)?.join('\n')
      ? []
      : [{ kind: 'misordered', detail: `predictions of the key ${key}` }],
  );
}

/** What has no key has no order. */
function byKey(texts: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const keys = new Map<string, string[]>();
  for (const text of texts) {
    const key = text.slice(0, text.indexOf(' '));
    const known = keys.get(key);
    if (key === '') continue;
    if (known) known.push(text);
    else keys.set(key, [text]);
  }
  return keys;
}
