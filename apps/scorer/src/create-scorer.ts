import { openRegistry } from '@millrace/inference';
import { ApiKeys, checkExposure, createService, type Service, type ServiceOptions } from '@millrace/platform';

import { grpcInference } from './door/grpc-inference.ts';
import { InferenceDoor } from './door/inference-door.ts';
import { INFERENCE_ERROR } from './door/inference-error.ts';
import { RequestMetrics } from './door/request-metrics.ts';
import { openModels } from './models/open-models.ts';
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
    const registry = openRegistry(plan.models, { settings: config.modelStore, clock });
    const { champions, served, onJoined, neededBy, close } = await openModels(context, registry);
    const stage = new ScorerStage({ plan, models: champions, clock, onJoined });
    neededBy(() => stage.versions());
    const metrics = new RequestMetrics(context.metrics, plan.predict.model);
    const door = new InferenceDoor({ models: served, registry, metrics, clock });
    const keys = new ApiKeys(config.apiKeys, clock);
    const module = ScorerModule.of(stage, door, keys);
    const grpc = { services: [grpcInference(door)], keys };
    const champion = { name: 'champion', problem: () => champions.problem };
    return { stage, module, grpc, checks: [champion], errorFormats: [INFERENCE_ERROR], close };
  });
}
