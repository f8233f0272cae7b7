import { loadModel, openRegistry, type LoadedModel } from '@millrace/inference';
import { createService, type Service, type ServiceContext, type ServiceOptions } from '@millrace/platform';

import { ScorerMetrics } from './scorer.metrics.ts';
import { ScorerModule } from './scorer.module.ts';
import { ScorerStage } from './scorer.stage.ts';

/**
 * The service that turns vectors into predictions. Its model is loaded before its door opens, so being reachable
 * includes that.
 *
 * @throws AppError `MODEL_NOT_FOUND`, `MODEL_INVALID`, `MODEL_MISMATCH`
 */
export function createScorer(options: ServiceOptions): Promise<Service> {
  return createService('scorer', options, async (context) => {
    const { plan, clock } = context;
    const model = await openModel(context);
    const stage = new ScorerStage({ plan, model, clock });
    return { stage, module: ScorerModule.of(stage), close: () => model.close() };
  });
}

async function openModel({ plan, clock, metrics, logger }: ServiceContext): Promise<LoadedModel> {
  const { predict, vector } = plan;
  const files = await openRegistry(plan.models).resolve(predict.model, predict.version);
  const watch = new ScorerMetrics(metrics, logger);
  const model = await loadModel({
    files,
    vector: vector.map(({ name }) => name),
    outputs: predict.outputs,
    providers: predict.providers,
    batch: predict.batch,
    clock,
    onBatch: watch.batch,
    onWorkerLost: watch.workerLost,
  });
  const { name, version, provider, workers } = model;
  logger.log(`model ${name} ${version} loaded`, { model: name, version, provider, workers });
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
