import { DEPARTURE_DUE } from '../departure-due.ts';
import type { Door } from './fuzzed-request.ts';

export const REQUEST = { ...DEPARTURE_DUE, id: 'fuzz' };
const { type, ...payload } = REQUEST;
const CLOUD_EVENT = { specversion: '1.0', type, id: 'fuzz', source: '/fuzz', data: payload };
/** With one value right it is still none, so that nothing waits for what it promises. */
const WATERMARK = { type: 'millrace.watermark', promise: 7, before: 'never', partitions: [-1], idle: 'no' };

export const EVENTS: readonly object[] = [REQUEST, CLOUD_EVENT, WATERMARK, [REQUEST, CLOUD_EVENT], payload];

export const INGEST: Door = {
  paths: ['/v1/events', '/v1/events', '/v1/events/', '/health/ready', '/metrics', '/openapi.json'],
  types: [
    'application/json',
    'application/x-ndjson',
    'application/cloudevents+json',
    'application/cloudevents-batch+json; charset=utf-8',
  ],
  headers: ['ce-type', 'ce-id', 'ce-time', 'ce-specversion', 'traceparent', 'authorization', 'accept', 'expect-not'],
  bodies: EVENTS,
};

export const FEATURES = 20;
const DATA = Array.from({ length: FEATURES }, (_, i) => i / 3);
const INPUT = { name: 'features', datatype: 'FP32', shape: [1, FEATURES], data: DATA };

export const SCORER: Door = {
  paths: [
    '/v2/models/arrival-delay/infer',
    '/v2/models/arrival-delay/infer',
    '/v2/models/arrival-delay/versions/1/infer',
    '/v2/models/arrival-delay/config',
    '/v2/repository/index',
    '/v2/repository/models/none/load',
    '/v2/repository/models/none/unload',
    '/v2/models/stats',
  ],
  types: ['application/json', 'application/octet-stream'],
  headers: ['inference-header-content-length', 'accept-encoding', 'traceparent', 'authorization', 'accept'],
  bodies: [
    { id: 'a', inputs: [INPUT], outputs: [{ name: 'probability', parameters: { binary_data: true } }] },
    { inputs: [INPUT], parameters: { binary_data_output: true, priority: 1 } },
    { inputs: [{ ...INPUT, data: undefined, parameters: { binary_data_size: FEATURES * 4 } }] },
    { inputs: [{ ...INPUT, data: [DATA] }], outputs: [{ name: 'probability', parameters: { classification: 2 } }] },
    { ready: true, parameters: { version: '1' } },
  ],
};

/** Messages for methods of the gRPC service; what loads and unloads is asked by HTTP. */
export const CALLS: readonly (readonly [method: string, message: object])[] = [
  [
    'ModelInfer',
    {
      model_name: 'arrival-delay',
      inputs: [{ ...INPUT, data: undefined, contents: { fp32_contents: DATA } }],
      outputs: [{ name: 'probability' }],
    },
  ],
  [
    'ModelInfer',
    {
      model_name: 'arrival-delay',
      id: 'a',
      inputs: [{ ...INPUT, data: undefined }],
      raw_input_contents: [Buffer.alloc(FEATURES * 4)],
    },
  ],
  ['ModelReady', { name: 'arrival-delay', version: '1' }],
  ['ModelMetadata', { name: 'arrival-delay' }],
  ['ModelStatistics', { name: 'arrival-delay' }],
  ['RepositoryIndex', { ready: true }],
];
