import type { ParseResult } from '@marcbachmann/cel-js';
import { AppError, type Value } from '@millrace/core';

import { renewSteps } from './expression-cost.ts';
import { summaryOf } from './expression-fault.ts';
import type { FieldReferences } from './field-references.ts';
import type { FieldType } from './field-type.ts';
import type { EventPayload, Expression } from './plan.ts';

/** What an expression may give. `dyn`: known only when an event is there. */
export type ExpressionType = 'int' | 'double' | 'bool' | 'string' | 'dyn';

interface NeededField {
  readonly name: string;
  /** A JSON number that CEL takes as an int. */
  readonly integer: boolean;
  /** The expression handles null itself. */
  readonly nullable: boolean;
}

/** A CEL program over an event's fields. Messages name no values: they may be sensitive. */
export class CelExpression implements Expression {
  readonly source: string;
  readonly type: ExpressionType;
  /** The fields that it refers to. */
  readonly fields: ReadonlySet<string>;
  /** The field that the whole expression is, which needs no evaluation; null: it is more. */
  readonly field: string | null;
  readonly #program: ParseResult;
  readonly #needed: readonly NeededField[];
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
    this.#program = program;
    this.#needed = [...this.fields].map((name) => ({
      name,
      integer: fields.get(name)?.cel === 'int',
      nullable: references.nullTested.has(name),
    }));
    this.field = program.ast.op === 'id' && this.fields.has(program.ast.args) ? program.ast.args : null;
    this.#finite = finite;
  }

  evaluate(event: EventPayload): Value {
    if (this.field !== null) return this.#value(event[this.field] ?? null);
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
    throw this.#failed(`${name} is no integer`);
  }

  #run(context: Record<string, unknown>): unknown {
    try {
      renewSteps();
      return this.#program(context);
    } catch (error) {
      throw this.#failed(summaryOf(error), error);
    }
  }

  #value(result: unknown): Value {
    const value = typeof result === 'bigint' ? Number(result) : result;
    if (typeof value === 'number' && this.#finite && !Number.isFinite(value))
      throw this.#failed('the result is no finite number');
    if (value === null || typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean')
      return value;
    throw this.#failed('the result is neither a number, text, true, false nor null');
  }

  #failed(why: string, cause?: unknown): AppError {
    return new AppError('EXPRESSION_FAILED', `${this.source}: ${why}.`, { cause });
  }
}
