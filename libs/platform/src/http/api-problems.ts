import { STATUS_CODES } from 'node:http';

import { applyDecorators } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';

import { PROBLEM_JSON } from './problem-document.ts';

const TEXT = { type: 'string' } as const;
const PROBLEM = {
  type: 'object',
  properties: { type: TEXT, title: TEXT, status: { type: 'integer' }, detail: TEXT, code: TEXT },
  required: ['type', 'title', 'status'],
};

/** Parts of the OpenAPI document: the statuses that come with a problem document, and what it has beside the usual. */
export function ApiProblems(statuses: readonly number[], more: Readonly<Record<string, object>> = {}): MethodDecorator {
  const schema = { ...PROBLEM, properties: { ...PROBLEM.properties, ...more } };
  const content = { [PROBLEM_JSON]: { schema } };
  return applyDecorators(
    ...statuses.map((status) => ApiResponse({ status, description: STATUS_CODES[status] ?? 'Error', content })),
  );
}
