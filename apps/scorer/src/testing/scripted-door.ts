import { AppError, SystemClock, type Clock } from '@millrace/core';
import { vectorTensorModel, type ModelPort, type ModelRegistry } from '@millrace/inference';
import { inThreadModel, ScriptedExecutor } from '@millrace/inference/testing';
import { MemoryLog } from '@millrace/memory-log';
import { topicSpecs, type Plan } from '@millrace/pipeline';
import { objectSchema, testPlan } from '@millrace/pipeline/testing';
import {
  ApiKeys,
  createService,
  MetricRegistry,
  openLogs,
  parseApiKeys,
  readConfig,
  type Service,
} from '@millrace/platform';

import type { DoorModel, DoorModels } from '../door/door-models.ts';
import { grpcInference } from '../door/grpc-inference.ts';
import { InferenceDoor } from '../door/inference-door.ts';
import { INFERENCE_ERROR } from '../door/inference-error.ts';
import { ModelStatistics } from '../door/model-statistics.ts';
import { RequestMetrics } from '../door/request-metrics.ts';
import { ScorerModule } from '../scorer.module.ts';
import { ScorerStage } from '../scorer.stage.ts';
import { oneModel } from './one-model.ts';

export const MOST_ROWS = 2000;
const BATCH_ROWS = 256;

/** Sum and product of two features; 13 makes the model fail, and it takes no NaN. */
function sumAndProduct(vector: Float32Array): readonly number[] {
  const [a = 0, b = 0] = vector;
  if (a === 13) throw new AppError('MODEL_FAILED', 'thirteen.');
  if (Number.isNaN(a)) throw new AppError('NAN_NOT_ALLOWED', 'found NaN in a.');
  return [a + b, a * b];
}

export function scriptedModel(): ModelPort {
  const clock = new SystemClock();
  const outputs = ['total', 'product'];
  return inThreadModel({ clock, executors: [new ScriptedExecutor(clock, sumAndProduct)], outputs });
}

/** A folder of two models, of which one has two versions. */
const REGISTRY: ModelRegistry = {
  names: () => Promise.resolve(['model', 'other']),
  versions: (name) => Promise.resolve(name === 'model' ? ['1', '2'] : ['1']),
  resolve: () => Promise.reject(new Error('nothing is loaded here')),
};

/** The door of a model with the input `features` [N, 2] and the outputs `sum` [N, 1] and `product` [N]. */
export function scriptedDoor(
  model: ModelPort = scriptedModel(),
  clock: Clock = new SystemClock(),
  registry = new MetricRegistry(),
): InferenceDoor {
  const tensors = vectorTensorModel({
    name: model.name,
    version: model.version,
    provider: 'cpu',
    refused: [],
    workers: 1,
    batchRows: BATCH_ROWS,
    mostRows: MOST_ROWS,
    input: { name: 'features', datatype: 'FP32', shape: [-1, 2] },
    outputs: [
      { name: 'sum', type: 'float32', shape: ['N', 1] },
      { name: 'product', type: 'float64', shape: ['N'] },
    ],
    score: (vectors, how) => model.score(vectors, how),
  });
  const models = onlyModel({ tensors, statistics: new ModelStatistics(clock) });
  const metrics = new RequestMetrics(registry, model.name);
  return new InferenceDoor({ models, registry: REGISTRY, metrics, clock });
}

/** Another is neither loaded nor taken away: what was asked is said. */
function onlyModel(only: DoorModel): DoorModels {
  const { name, version } = only.tensors;
  const refuse =
    (what: string) =>
    (asked: string, askedVersion: string | null): never => {
      throw new AppError('MODEL_IN_USE', `${what} ${asked} ${askedVersion}: it is the only one.`);
    };
  return {
    all: [only],
    find: (asked, askedVersion = version) => (asked === name && askedVersion === version ? only : null),
    use: (_, task) => task(),
    load: async (asked, askedVersion) => refuse('load')(asked, askedVersion),
    unload: refuse('unload'),
  };
}

export function smallPlan(): Promise<Plan> {
  const fields = { id: 'string', at: 'integer', user: ['string', 'null'], a: 'number', b: 'number' };
  const text = `apiVersion: millrace/v1
name: shop
events: { ask: { schema: ask.json, id: id, time: at } }
predict: { on: ask, key: user, model: m, version: "1" }
features: [{ name: a, value: "a" }, { name: b, value: "b" }]
`;
  return testPlan(text, { 'ask.json': objectSchema(fields) });
}

/** A scorer with that door, not yet open. */
export async function scriptedService(
  door: InferenceDoor,
  apiKeys: readonly string[] = [],
  grpcPort = 0,
): Promise<Service> {
  const clock = new SystemClock();
  const plan = await smallPlan();
  const log = new MemoryLog({ clock });
  await log.admin().create(topicSpecs(plan));
  const at = { host: '127.0.0.1', port: 0, grpcPort };
  const options = { plan, log, clock, config: readConfig({}), logs: openLogs('silent'), ...at };
  const stage = new ScorerStage({ plan, models: oneModel(scriptedModel()), clock });
  const keys = new ApiKeys(parseApiKeys(apiKeys), clock);
  const module = ScorerModule.of(stage, door, keys);
  const grpc = { services: [grpcInference(door)], keys };
  return createService('scorer', options, () => ({ stage, module, grpc, errorFormats: [INFERENCE_ERROR] }));
}
