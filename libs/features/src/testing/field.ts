import type { Value } from '@millrace/core';
import type { Expression } from '@millrace/pipeline';

/** The expression that is one field's name. */
export function field(name: string): Expression {
  return { source: name, evaluate: (event) => (event[name] ?? null) as Value };
}
