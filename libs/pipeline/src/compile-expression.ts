import { type ASTNode, type ParseResult } from '@marcbachmann/cel-js';
import { AppError, messageOf, type Value } from '@millrace/core';
import { ADDED_FUNCTIONS, environmentOf } from './expression-environment.ts';
import { fieldReferences, visit, type FieldReferences } from './field-references.ts';
import type { FieldType } from './field-type.ts';
import type { EventPayload, Expression } from './plan.ts';
import type { Finding } from './problems.ts';
import { zonedTime } from './zoned-time.ts';

/** What an expression may give. `dyn`: known only when an event is there. */
export type ExpressionType = 'int' | 'double' | 'bool' | 'string' | 'dyn';

export interface CompiledExpression extends Expression {
  readonly type: ExpressionType;
  /** The fields that it refers to. */
  readonly fields: ReadonlySet<string>;
  /** Whether it uses `hour` or `weekday`, and so follows the calendar. */
  readonly calendar: boolean;
}

/** What is wrong with an expression, and at which character. */
export interface ExpressionFault extends Finding {
  readonly index: number;
}

export type Compilation = { readonly expression: CompiledExpression } | { readonly fault: ExpressionFault };

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
    const references = fieldReferences(environmentOf(fields, new Set()).parse(source).ast);
    const program = environmentOf(fields, references.nullTested).parse(source);
    const checked = program.check();
    if (!checked.valid) return { fault: faultOf(checked.error, source, fields) };
    const type = checked.type ?? 'dyn';
    const fault = RESULTS.has(type)
      ? badZone(program.ast)
      : { index: 0, found: `an expression of type ${type}`, allowed: 'a number, text, true or false' };
    if (fault !== null) return { fault };
    return { expression: new CelExpression(source, program, typeOf(type), references, fields, finite) };
  } catch (error) {
    return { fault: faultOf(error, source, fields) };
  }
}

class CelExpression implements CompiledExpression {
  readonly source: string;
  readonly type: ExpressionType;
  readonly fields: ReadonlySet<string>;
  readonly calendar: boolean;
  readonly #program: ParseResult;
  readonly #needed: readonly { readonly name: string; readonly integer: boolean; readonly nullable: boolean }[];
  /** The field that the whole expression is, which needs no evaluation. */
  readonly #field: string | null;
  readonly #finite: boolean;

  constructor(
    source: string,
    program: ParseResult,
    type: ExpressionType,
    references: FieldReferences,
    fields: ReadonlyMap<string, FieldType>,
    finite: boolean,
  ) {
    this.source = source;
    this.type = type;
    this.fields = new Set([...references.fields].filter((name) => fields.has(name)));
    this.calendar = callsCalendar(program.ast);
    this.#program = program;
    this.#needed = [...this.fields].map((name) => ({
      name,
      integer: fields.get(name)?.cel === 'int',
      nullable: references.nullTested.has(name),
    }));
    this.#field = program.ast.op === 'id' && this.fields.has(program.ast.args) ? program.ast.args : null;
    this.#finite = finite;
  }

  evaluate(event: EventPayload): Value {
    if (this.#field !== null) return this.#value(event[this.#field] ?? null);
    const context: Record<string, unknown> = {};
    for (const { name, integer, nullable } of this.#needed) {
      const value = event[name] ?? null;
      if (value === null && !nullable) return null;
      context[name] = integer && typeof value === 'number' ? this.#integer(name, value) : value;
    }
    return this.#value(this.#run(context));
  }

  #integer(name: string, value: number): bigint {
    if (Number.isInteger(value)) return BigInt(value);
    throw this.#failed(`${name} is ${value}, which is no integer`);
  }

  #run(context: Record<string, unknown>): unknown {
    try {
      return this.#program(context);
    } catch (error) {
      throw this.#failed(summaryOf(error), error);
    }
  }

  #value(result: unknown): Value {
    const value = typeof result === 'bigint' ? Number(result) : result;
    if (typeof value === 'number' && this.#finite && !Number.isFinite(value))
      throw this.#failed(`the result is ${value}, which is no finite number`);
    if (value === null || typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean')
      return value;
    throw this.#failed('the result is neither a number, text, true, false nor null');
  }

  #failed(why: string, cause?: unknown): AppError {
    return new AppError('EXPRESSION_FAILED', `${this.source}: ${why}.`, { cause });
  }
}

function typeOf(cel: string): ExpressionType {
  if (cel === 'uint') return 'int';
  return cel === 'null' ? 'dyn' : (cel as ExpressionType);
}

function callsCalendar(ast: ASTNode): boolean {
  let found = false;
  visit(ast, (node) => {
    found ||= node.op === 'call' && (node.args[0] === 'hour' || node.args[0] === 'weekday');
  });
  return found;
}

/** A zone written as text is checked when the file is loaded. */
function badZone(ast: ASTNode): ExpressionFault | null {
  let fault: ExpressionFault | null = null;
  visit(ast, (node) => {
    const zone = node.op === 'call' ? node.args[1][1] : undefined;
    if (node.op !== 'call' || !['hour', 'minute', 'weekday'].includes(node.args[0]) || zone?.op !== 'value') return;
    if (!isZone(String(zone.args)))
      fault = {
        index: zone.start,
        found: `zone ${String(zone.args)}`,
        allowed: 'an IANA time zone such as America/New_York',
      };
  });
  return fault;
}

/** Whether there is such an IANA zone. */
export function isZone(zone: string): boolean {
  try {
    zonedTime(zone);
    return true;
  } catch {
    return false;
  }
}

function faultOf(error: unknown, source: string, fields: ReadonlyMap<string, FieldType>): ExpressionFault {
  const index = positionOf(error);
  const summary = summaryOf(error);
  const unknown = /^Unknown variable: (.+)$/.exec(summary)?.[1];
  if (unknown !== undefined)
    return {
      index,
      found: `unknown field ${unknown}`,
      name: unknown,
      names: fields.keys(),
      allowed: [...fields.keys()].join(', '),
    };
  return { index, found: `${JSON.stringify(source)} (${summary})`, allowed: hint(summary) };
}

function hint(summary: string): string {
  if (summary.includes('int') && summary.includes('double'))
    return 'integers with integers and doubles with doubles: write 2.0, or double(x)';
  if (summary.includes('matching overload'))
    return `CEL's own functions and ${ADDED_FUNCTIONS.join(', ')}, with arguments that fit`;
  return "a CEL expression over the event's fields";
}

function positionOf(error: unknown): number {
  const range = (error as { range?: { start?: unknown } }).range;
  return typeof range?.start === 'number' ? range.start : 0;
}

function summaryOf(error: unknown): string {
  const summary = (error as { summary?: unknown }).summary;
  return typeof summary === 'string' ? summary : messageOf(error);
}
