import { AppError } from '@millrace/core';

import type { CelExpression } from './cel-expression.ts';
import { compileExpression } from './compile-expression.ts';
import { environmentOf } from './expression-environment.ts';
import type { ExpressionFault } from './expression-fault.ts';
import { visit } from './field-references.ts';
import type { FieldType } from './field-type.ts';
import { describeFinding } from './problems.ts';

/** CEL keeps `type` for itself; in conditions it is a text like the others, under this name inside. */
const TYPE = { name: 'type', inside: 'type_of_event' } as const;
const TEXT: FieldType = { cel: 'string', nullable: false };

/** Whether texts, by name, meet a condition. @throws AppError `EXPRESSION_FAILED` where that cannot be evaluated */
export type TextCondition<Name extends string> = (texts: Readonly<Record<Name, string>>) => boolean;

/**
 * A condition in CEL over named texts, type-checked.
 *
 * @throws AppError `WRONG_USE`, which says in one line what was found and what is allowed
 */
export function textCondition<Name extends string>(source: string, names: readonly Name[]): TextCondition<Name> {
  const expression = compile(source, names);
  return (texts) =>
    expression.evaluate({ ...texts, [TYPE.inside]: (texts as Record<string, string>)[TYPE.name] }) === true;
}

function compile(source: string, names: readonly string[]): CelExpression {
  const compiled = compileExpression(withTypeInside(source), new Map(names.map((name) => [insideName(name), TEXT])));
  if ('fault' in compiled) throw wrong(source, describe(compiled.fault, names));
  const { expression } = compiled;
  if (expression.type === 'bool') return expression;
  const found = `an expression of type ${expression.type}`;
  throw wrong(source, describeFinding({ found, allowed: 'one that is true or false, such as code == "NO_ID"' }));
}

function describe({ found, name }: ExpressionFault, names: readonly string[]): string {
  const field = { found: `unknown field ${name}`, name: name ?? '', names, allowed: names.join(', ') };
  if (name !== undefined) return describeFinding(field);
  const why = /\((.*)\)$/s.exec(found.replaceAll(TYPE.inside, TYPE.name))?.[1] ?? found;
  return describeFinding({ found: why, allowed: `a CEL condition over the texts ${names.join(', ')}` });
}

function wrong(source: string, why: string): AppError {
  return new AppError('WRONG_USE', `${JSON.stringify(source)}: ${why.replaceAll('\n', ' ')}.`);
}

function insideName(name: string): string {
  return name === TYPE.name ? TYPE.inside : name;
}

/** The source with the name `type` replaced where it stands for the text: not in `type(x)`, nor inside of literals. */
function withTypeInside(source: string): string {
  const places: number[] = [];
  try {
    visit(environmentOf(new Map(), new Set()).parse(source).ast, (node) => {
      if (node.op === 'id' && node.args === TYPE.name) places.push(node.start);
    });
  } catch {
    return source; // it is said by whoever compiles it
  }
  return places
    .toSorted((a, b) => b - a)
    .reduce((text, at) => text.slice(0, at) + TYPE.inside + text.slice(at + TYPE.name.length), source);
}
