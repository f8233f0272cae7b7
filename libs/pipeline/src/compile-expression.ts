import type { ASTNode } from '@marcbachmann/cel-js';

import { CelExpression, type ExpressionType } from './cel-expression.ts';
import { chargeLoops } from './expression-cost.ts';
import { environmentOf, LINEAR_MATCHES } from './expression-environment.ts';
import { badZone, faultOf, type ExpressionFault } from './expression-fault.ts';
import { fieldReferences, visit } from './field-references.ts';
import type { FieldType } from './field-type.ts';
import { linearPattern } from './linear-pattern.ts';
import { pseudonymMisuse } from './pseudonym-misuse.ts';

export type Compilation = { readonly expression: CelExpression } | { readonly fault: ExpressionFault };

const RESULTS: ReadonlySet<string> = new Set(['int', 'uint', 'double', 'bool', 'string', 'dyn', 'null']);

/**
 * Compiles a CEL expression over events with these fields and checks its types.
 *
 * Null: where a field that it refers to is null (or missing), the result is null, and nothing is evaluated; except
 * fields that the expression itself compares with `null`, which it then has to handle.
 *
 * @param finite whether a result that is not a finite number fails
 */
export function compileExpression(source: string, fields: ReadonlyMap<string, FieldType>, finite = false): Compilation {
  try {
    const { ast } = environmentOf(fields, new Set()).parse(source);
    const misuse = pseudonymMisuse(ast, fields);
    if (misuse !== null) return { fault: misuse };
    const references = fieldReferences(ast);
    const program = environmentOf(fields, references.nullTested).parse(source);
    visit(program.ast, matchLinearly);
    const checked = program.check();
    if (!checked.valid) return { fault: faultOf(checked.error, source, fields) };
    const type = checked.type ?? 'dyn';
    const fault = RESULTS.has(type)
      ? badZone(program.ast)
      : { index: 0, found: `an expression of type ${type}`, allowed: 'a number, text, true or false' };
    if (fault !== null) return { fault };
    chargeLoops(program.ast);
    return { expression: new CelExpression(source, program, typeOf(type), references, fields, finite) };
  } catch (error) {
    return { fault: faultOf(error, source, fields) };
  }
}

/** A pattern that stands there is looked at now, one that a field has when it comes. */
function matchLinearly({ op, args }: ASTNode): void {
  if (op !== 'rcall' || args[0] !== 'matches') return;
  (args as unknown[])[0] = LINEAR_MATCHES;
  const [pattern] = args[2];
  if (pattern?.op === 'value') linearPattern(String(pattern.args));
}

function typeOf(cel: string): ExpressionType {
  if (cel === 'uint') return 'int';
  return cel === 'null' ? 'dyn' : (cel as ExpressionType);
}
