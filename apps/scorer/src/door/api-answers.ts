import { STATUS_CODES } from 'node:http';

import { applyDecorators } from '@nestjs/common';
import { ApiResponse, type ApiResponseOptions } from '@nestjs/swagger';

import { ERROR, INFER_REQUEST, INFER_RESPONSE } from './api-schemas.ts';

const BYTES = { type: 'string', format: 'binary' } as const;

/** Parts of the OpenAPI document. */
export function jsonAnswer(description: string, schema: object): ApiResponseOptions {
  return { status: 200, description, content: { 'application/json': { schema } } };
}

export function inferAnswer(): ApiResponseOptions {
  return {
    status: 200,
    description: 'The outputs; bytes behind the JSON where they were asked for',
    content: {
      'application/json': { schema: INFER_RESPONSE },
      'application/octet-stream': { schema: BYTES },
    },
  };
}

export function inferBody() {
  return {
    required: true,
    content: {
      'application/json': { schema: INFER_REQUEST },
      'application/octet-stream': { schema: BYTES },
    },
  };
}

export function optionalJsonBody(schema: object) {
  return { required: false, content: { 'application/json': { schema } } };
}

export function ApiErrors(...statuses: readonly number[]): MethodDecorator {
  return applyDecorators(
    ...statuses.map((status) =>
      ApiResponse({
        status,
        description: STATUS_CODES[status] ?? 'Error',
        content: { 'application/json': { schema: ERROR } },
      }),
    ),
  );
}

/** A probe's answers, by status: one field, true or false. */
export function ApiFlag(name: string, descriptions: Readonly<Record<number, string>>): MethodDecorator {
  const schema = { type: 'object', properties: { [name]: { type: 'boolean' } }, required: [name] };
  return applyDecorators(
    ...Object.entries(descriptions).map(([status, description]) =>
      ApiResponse({ status: Number(status), description, content: { 'application/json': { schema } } }),
    ),
  );
}
