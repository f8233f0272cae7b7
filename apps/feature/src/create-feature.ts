import { createService, type Service, type ServiceOptions } from '@millrace/platform';

import { addFeatureMetrics } from './feature.metrics.ts';
import { FeatureModule } from './feature.module.ts';
import { FeatureStage } from './feature.stage.ts';

/** The service that turns events into windows and requests into vectors. */
export function createFeature(options: ServiceOptions): Promise<Service> {
  return createService('feature', options, ({ plan, metrics }) => {
    const stage = new FeatureStage(plan);
    addFeatureMetrics(metrics, stage);
    return { stage, module: FeatureModule.of(stage) };
  });
}
