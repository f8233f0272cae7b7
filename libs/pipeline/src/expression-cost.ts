import type { ASTNode } from '@marcbachmann/cel-js';

import { visit } from './field-references.ts';

/**
 * What one evaluation may take: elements of lists that it goes through, and characters that its patterns look at. The longest
 * list of an event of `events.max_bytes` fits several times; each element of it beside each does not.
 */
const MOST_STEPS = 2_000_000;

/** Of the evaluation under way: there is one at a time. */
let left = MOST_STEPS;

/** Before an evaluation. */
export function renewSteps(): void {
  left = MOST_STEPS;
}

/** @throws RangeError once an evaluation has had all that it may */
export function spendSteps(count: number): void {
  left -= count;
  if (left < 0)
    throw new RangeError(`goes through more than ${MOST_STEPS} elements of lists and characters of patterns`);
}

/** What CEL makes of `all`, `exists`, `exists_one`, `filter` and `map`; it is called with the list. */
interface Loop {
  readonly op: 'comprehension';
  handle: (list: unknown, ...rest: readonly unknown[]) => unknown;
}

/**
 * Has every loop pay for its list before it begins: one within another can take as long as the square of what an event
 * brings. In the loops around it CEL goes on after an error, where it is paid again at once.
 *
 * @param ast of a program that was checked
 */
export function chargeLoops(ast: ASTNode): void {
  visit(ast, (node) => {
    const loop = (node as ASTNode & { readonly meta?: { readonly alternate?: Loop } }).meta?.alternate;
    if (loop?.op !== 'comprehension') return;
    const { handle } = loop;
    loop.handle = (list, ...rest) => {
      spendSteps(sizeOf(list));
      return handle(list, ...rest);
    };
  });
}

function sizeOf(list: unknown): number {
  if (Array.isArray(list)) return list.length;
  return typeof list === 'object' && list !== null ? Object.keys(list).length : 0;
}
