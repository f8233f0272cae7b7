import type { ApiBodyOptions, ApiResponseOptions } from '@nestjs/swagger';

const TEXT = { type: 'string' } as const;

/** Parts of the OpenAPI document; docs/monitoring.md says what is in them. */
export const ANSWER = {
  status: 200,
  description: 'See the documentation of the monitor',
  content: { 'application/json': { schema: { type: 'object' } } },
} satisfies ApiResponseOptions;

export const NOTED = { ...ANSWER, status: 202, description: 'It is noted' } satisfies ApiResponseOptions;

export const ACKNOWLEDGEMENT = bodyOf({ incident: TEXT });

export const SILENCE = bodyOf({ signal: TEXT, for: TEXT });

function bodyOf(required: Readonly<Record<string, typeof TEXT>>): ApiBodyOptions {
  const properties = { ...required, by: { ...TEXT, maxLength: 200 } };
  return {
    required: true,
    schema: { type: 'object', properties, required: Object.keys(required), additionalProperties: false },
  };
}
