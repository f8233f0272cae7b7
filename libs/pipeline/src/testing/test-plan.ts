import { parsePipeline } from '../parse-pipeline.ts';
import type { Plan } from '../plan.ts';

/** JSON Schemas by the path that the pipeline file gives them. */
export type TestSchemas = Readonly<Record<string, object>>;

/** An object schema whose fields are all required: `objectSchema({ id: 'string', n: ['integer', 'null'] })`. */
export function objectSchema(fields: Readonly<Record<string, string | readonly string[]>>): object {
  const properties = Object.fromEntries(Object.entries(fields).map(([name, type]) => [name, { type }]));
  return { type: 'object', required: Object.keys(fields), additionalProperties: false, properties };
}

/** A plan from the text of a pipeline file and schemas in memory. Messages name it `pipeline.yaml`. */
export function testPlan(text: string, schemas: TestSchemas, pseudonymKey?: string): Promise<Plan> {
  return parsePipeline(text, {
    file: 'pipeline.yaml',
    folder: '/pipeline',
    pseudonymKey,
    read: (path) =>
      schemas[path] === undefined
        ? Promise.reject(new Error(`no ${path}`))
        : Promise.resolve(JSON.stringify(schemas[path])),
  });
}
