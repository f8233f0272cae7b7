import type { ASTNode } from '@marcbachmann/cel-js';

export interface FieldReferences {
  /** Fields that the expression needs. */
  readonly fields: ReadonlySet<string>;
  /** Those of them that it compares with `null`: they may be null while it is evaluated. */
  readonly nullTested: ReadonlySet<string>;
}

/** Which fields an expression refers to. Names that a macro binds shadow none: a field of that name counts as needed. */
export function fieldReferences(ast: ASTNode): FieldReferences {
  const fields = new Set<string>();
  const nullTested = new Set<string>();
  visit(ast, (node) => {
    if (node.op === 'id') fields.add(node.args);
    if (node.op === '==' || node.op === '!=') {
      const [left, right] = node.args;
      if (left.op === 'id' && isNull(right)) nullTested.add(left.args);
      if (right.op === 'id' && isNull(left)) nullTested.add(right.args);
    }
  });
  return { fields, nullTested };
}

/** Calls `enter` for a node and all below it. */
export function visit(node: ASTNode, enter: (node: ASTNode) => void): void {
  enter(node);
  for (const child of childrenOf(node.args)) visit(child, enter);
}

function childrenOf(args: unknown): readonly ASTNode[] {
  if (isAstNode(args)) return [args];
  return Array.isArray(args) ? args.flatMap(childrenOf) : [];
}

function isAstNode(value: unknown): value is ASTNode {
  return typeof value === 'object' && value !== null && 'op' in value && 'args' in value;
}

/** The literal `null`. */
export function isNull(node: ASTNode): boolean {
  return node.op === 'value' && node.args === null;
}
