import { readFileSync } from 'node:fs';

import { Ajv2020, type AnySchemaObject, type ValidateFunction } from 'ajv/dist/2020.js';

/** The published JSON Schema of the pipeline file: the one list of its keys. `src` and `dist` lie equally deep. */
export const PIPELINE_SCHEMA = JSON.parse(
  readFileSync(new URL('../../../schema/pipeline.schema.json', import.meta.url), 'utf8'),
) as AnySchemaObject;

/** Names under `events` that are options and not types. */
export const EVENT_OPTIONS: readonly string[] = Object.keys(
  (PIPELINE_SCHEMA as { properties: { events: { properties: object } } }).properties.events.properties,
);

let compiled: ValidateFunction | undefined;

/** The compiled schema: all errors at once, each with the part of the schema that it comes from. */
export function pipelineValidator(): ValidateFunction {
  compiled ??= new Ajv2020({ allErrors: true, verbose: true, strictTypes: false, strictRequired: false }).compile(
    PIPELINE_SCHEMA,
  );
  return compiled;
}
