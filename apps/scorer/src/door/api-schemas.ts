import { DATATYPES } from '@millrace/tensors';

/** The schemas of the Open Inference Protocol v2, as the OpenAPI document shows them. */
const TEXT = { type: 'string' } as const;
const INTEGER = { type: 'integer' } as const;
const DATATYPE = { type: 'string', enum: Object.keys(DATATYPES) };
const list = <Items extends object>(items: Items) => ({ type: 'array', items }) as const;
const object = <Properties extends Record<string, object>>(properties: Properties, required: (keyof Properties)[]) => ({
  type: 'object',
  properties,
  required: required as string[],
});
const PARAMETERS = {
  type: 'object',
  additionalProperties: { oneOf: [TEXT, { type: 'number' }, { type: 'boolean' }] },
};
const DURATION = object({ count: INTEGER, ns: INTEGER }, ['count', 'ns']);
const DURATIONS = { type: 'object', additionalProperties: DURATION };
const TENSOR_INFO = object({ name: TEXT, datatype: DATATYPE, shape: list(INTEGER) }, ['name', 'datatype', 'shape']);
const DATA = { type: 'array', items: {}, description: 'The elements, flat or nested as the shape says' } as const;
const COUNTS = list({ type: 'integer', minimum: 0 });
const TENSOR = object({ name: TEXT, datatype: DATATYPE, shape: COUNTS, parameters: PARAMETERS, data: DATA }, [
  'name',
  'datatype',
  'shape',
]);
const REQUESTED_OUTPUT = object({ name: TEXT, parameters: PARAMETERS }, ['name']);

export const ERROR = object({ error: TEXT, code: TEXT }, ['error']);

export const SERVER_METADATA = object({ name: TEXT, version: TEXT, extensions: list(TEXT) }, [
  'name',
  'version',
  'extensions',
]);

export const MODEL_METADATA = object(
  {
    name: TEXT,
    versions: list(TEXT),
    platform: TEXT,
    inputs: list(TENSOR_INFO),
    outputs: list(TENSOR_INFO),
    properties: { type: 'object', additionalProperties: TEXT },
  },
  ['name', 'versions', 'platform', 'inputs', 'outputs'],
);

export const MODEL_READY = object({ name: TEXT, ready: { type: 'boolean' } }, ['name', 'ready']);

export const CONFIG = object({ name: TEXT, platform: TEXT, backend: TEXT, max_batch_size: INTEGER }, [
  'name',
  'platform',
  'max_batch_size',
]);

export const STATISTICS = object(
  {
    model_stats: list(
      object(
        {
          name: TEXT,
          version: TEXT,
          last_inference: INTEGER,
          inference_count: INTEGER,
          execution_count: INTEGER,
          inference_stats: DURATIONS,
        },
        ['name', 'version', 'inference_count', 'execution_count', 'inference_stats'],
      ),
    ),
  },
  ['model_stats'],
);

export const INDEX_REQUEST = object({ ready: { type: 'boolean' } }, []);

export const REPOSITORY_REQUEST = object({ parameters: object({ version: TEXT }, []) }, []);

export const INDEX = list(
  object({ name: TEXT, version: TEXT, state: TEXT, reason: TEXT }, ['name', 'version', 'state', 'reason']),
);

export const INFER_REQUEST = object(
  { id: TEXT, parameters: PARAMETERS, inputs: list(TENSOR), outputs: list(REQUESTED_OUTPUT) },
  ['inputs'],
);

export const INFER_RESPONSE = object({ model_name: TEXT, model_version: TEXT, id: TEXT, outputs: list(TENSOR) }, [
  'model_name',
  'model_version',
  'outputs',
]);
