import {
  loadModel,
  openRegistry,
  verifySample,
  type LoadedModel,
  type ModelFiles,
  type ModelRegistry,
} from '@millrace/inference';
import { featureCategories, type Plan } from '@millrace/pipeline';
import {
  ApiKeys,
  checkExposure,
  createService,
  type Service,
  type ServiceContext,
  type ServiceOptions,
} from '@millrace/platform';

import { grpcInference } from './door/grpc-inference.ts';
import { InferenceDoor } from './door/inference-door.ts';
import { INFERENCE_ERROR } from './door/inference-error.ts';
import { ModelStatistics } from './door/model-statistics.ts';
import { RequestMetrics } from './door/request-metrics.ts';
import { ScorerMetrics } from './scorer.metrics.ts';
import { ScorerModule } from './scorer.module.ts';
import { ScorerStage } from './scorer.stage.ts';

/**
 * The service that turns vectors into predictions. Its model is loaded before its door opens, so being reachable
 * includes that.
 *
 * @throws AppError `EXPOSED_WITHOUT_KEYS`, `MODEL_NOT_FOUND`, `MODEL_INVALID`, `MODEL_MISMATCH`, `MODEL_SAMPLE_FAILED`
 */
export async function createScorer(options: ServiceOptions): Promise<Service> {
  checkExposure(options.host, options.config.apiKeys);
  return createService('scorer', options, async (context) => {
    const { plan, clock, config } = context;
    const statistics = new ModelStatistics(clock);
    const registry = openRegistry(plan.models, { settings: config.modelStore, clock });
    const model = await openModel(context, registry, statistics);
    const stage = new ScorerStage({ plan, model, clock });
    const metrics = new RequestMetrics(context.metrics, model.name);
    const door = new InferenceDoor({ model: model.tensors, registry, statistics, metrics, clock });
    const keys = new ApiKeys(config.apiKeys);
    const module = ScorerModule.of(stage, door, keys);
    const grpc = { services: [grpcInference(door)], keys };
    return { stage, module, grpc, errorFormats: [INFERENCE_ERROR], close: () => model.close() };
  });
}

async function openModel(
  { plan, clock, metrics, logger }: ServiceContext,
  registry: ModelRegistry,
  statistics: ModelStatistics,
): Promise<LoadedModel> {
  const { predict, vector } = plan;
  const files = await registry.resolve(predict.model, predict.version);
  const watch = new ScorerMetrics(metrics, logger);
  const model = await loadModel({
    files,
    vector: vector.map(({ name }) => name),
    categories: featureCategories(vector),
    outputs: predict.outputs,
    providers: predict.providers,
    batch: predict.batch,
    cache: predict.cache,
    cacheObserver: watch,
    clock,
    observer: {
      batch: (report) => {
        watch.batch(report);
        statistics.batch(report);
      },
      dropped: (source, why, rows) => watch.dropped(source, why, rows),
    },
    onWorkerLost: watch.workerLost,
  });
  await verifyOrClose(model, files, plan);
  watch.queue((source) => model.queuedRows(source));
  watch.cache(model);
  const { name, version, provider, workers } = model;
  logger.log(`model ${name} ${version} loaded`, { model: name, version, provider, workers });
  if (predict.cache && model.cachedBytes() === null)
    logger.warn(`no answer of ${name} ${version} is kept (predict.cache): its model.json says "deterministic": false`);
  metrics.gauge(
    {
      name: 'millrace_scorer_model_info',
      description: 'The version that answers',
      attributes: { model: name, version, provider },
    },
    () => 1,
  );
  return model;
}

/** A model that fails its own sample rows is refused, and leaves no worker behind. */
async function verifyOrClose(model: LoadedModel, files: ModelFiles, { vector, predict }: Plan): Promise<void> {
  try {
    await verifySample(model, files, { vector: vector.map(({ name }) => name), outputs: predict.outputs });
  } catch (error) {
    await model.close();
    throw error;
  }
}
