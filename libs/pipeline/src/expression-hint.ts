import { ADDED_FUNCTIONS, SIGNATURES } from './expression-environment.ts';
import type { Finding } from './problems.ts';

/** What would have been right, by what the compiler complains about. The first that fits. */
const HINTS: readonly (readonly [RegExp, (...groups: readonly string[]) => Omit<Finding, 'found'>])[] = [
  [/no matching overload for '(?:\S+\.)?(\w+)\(/, functionHint],
  [
    /\bint\b.*\bdouble\b|\bdouble\b.*\bint\b/,
    () => allow('integers with integers and doubles with doubles: write 2.0, or double(x)'),
  ],
  [/no such overload: !|bool operands|must be bool/, () => allow('true or false there, such as a comparison: n > 0')],
  [/branches must have the same type/, () => allow('values of one type on both sides of the colon')],
  [/no such overload: \S+ (\S+) /, (operator) => allow(`values that ${operator} takes, of one type on both sides`)],
  [/Cannot index/, () => allow('a dot or brackets behind an object or a list alone')],
];

/** What is allowed where the compiler says `summary`, and the name that was probably meant. */
export function expressionHint(summary: string): Omit<Finding, 'found'> {
  for (const [complaint, hint] of HINTS) {
    const match = complaint.exec(summary);
    if (match) return hint(...match.slice(1));
  }
  return allow("a CEL expression over the event's fields");
}

/** How a function is called, or, where there is none of that name, which there are. */
function functionHint(name = ''): Omit<Finding, 'found'> {
  const signatures = SIGNATURES.get(name);
  if (signatures) return allow(signatures.join(', '));
  return { ...allow(`CEL's own functions and ${ADDED_FUNCTIONS.join(', ')}`), names: SIGNATURES.keys(), name };
}

function allow(allowed: string): Omit<Finding, 'found'> {
  return { allowed };
}
