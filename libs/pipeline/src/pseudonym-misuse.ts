import type { ASTNode } from '@marcbachmann/cel-js';

import type { ExpressionFault } from './expression-fault.ts';
import { isNull, visit } from './field-references.ts';
import type { FieldType } from './field-type.ts';

/**
 * Whether two pseudonyms are the same, and whether there is one, is all that they tell. Anything else would look into what
 * is not there: its result would change with the key. Null where the expression asks no more.
 */
export function pseudonymMisuse(ast: ASTNode, fields: ReadonlyMap<string, FieldType>): ExpressionFault | null {
  const isPseudonym = (node: ASTNode): node is ASTNode & { op: 'id' } =>
    node.op === 'id' && fields.get(node.args)?.pseudonym === true;
  // a field by itself is something for `count` and `distinct`, and text for all others
  const sound = new Set<ASTNode>([ast]);
  visit(ast, (node) => {
    if (node.op !== '==' && node.op !== '!=') return;
    if (node.args.every((side) => isPseudonym(side) || isNull(side))) for (const side of node.args) sound.add(side);
  });
  let fault: ExpressionFault | null = null;
  visit(ast, (node) => {
    if (!isPseudonym(node) || sound.has(node)) return;
    fault ??= {
      index: node.start,
      found: `${node.args}, a pseudonym, in more than a comparison`,
      allowed:
        '== and != between fields of events.pseudonyms, or with null; and such a field alone, for count and distinct',
    };
  });
  return fault;
}
