import type { ASTNode } from '@marcbachmann/cel-js';
import { messageOf } from '@millrace/core';

import { TIME_PARTS } from './expression-environment.ts';
import { expressionHint } from './expression-hint.ts';
import { visit } from './field-references.ts';
import type { FieldType } from './field-type.ts';
import type { Finding } from './problems.ts';
import { isZone, ZONES } from './zoned-time.ts';

/** What is wrong with an expression, and at which character. */
export interface ExpressionFault extends Finding {
  readonly index: number;
}

/** What the compiler complained about, in the file's words. */
export function faultOf(error: unknown, source: string, fields: ReadonlyMap<string, FieldType>): ExpressionFault {
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
  return { index, found: `${JSON.stringify(source)} (${summary.replace(/^found /, '')})`, ...expressionHint(summary) };
}

function positionOf(error: unknown): number {
  const range = (error as { range?: { start?: unknown } }).range;
  return typeof range?.start === 'number' ? range.start : 0;
}

/** The message of an error of CEL, without the drawing of the place. */
export function summaryOf(error: unknown): string {
  const summary = (error as { summary?: unknown }).summary;
  return typeof summary === 'string' ? summary : messageOf(error);
}

/** A zone written as text is checked when the file is loaded. */
export function badZone(ast: ASTNode): ExpressionFault | null {
  let fault: ExpressionFault | null = null;
  visit(ast, (node) => {
    const zone = node.op === 'call' ? node.args[1][1] : undefined;
    if (node.op !== 'call' || !TIME_PARTS.some((part) => part === node.args[0]) || zone?.op !== 'value') return;
    if (!isZone(String(zone.args)))
      fault = {
        index: zone.start,
        found: `zone ${String(zone.args)}`,
        allowed: 'an IANA time zone such as America/New_York',
        names: ZONES,
        name: String(zone.args),
      };
  });
  return fault;
}
