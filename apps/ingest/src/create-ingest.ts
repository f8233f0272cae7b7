import { checkExposure, createService, LagWatch, type Service, type ServiceOptions } from '@millrace/platform';

import { IngestMetrics } from './ingest.metrics.ts';
import { IngestModule } from './ingest.module.ts';
import { IngestStage } from './ingest.stage.ts';
import { laterStages } from './later-stages.ts';

/**
 * The service that takes events.
 *
 * @throws AppError `EXPOSED_WITHOUT_KEYS`
 */
export async function createIngest(options: ServiceOptions): Promise<Service> {
  checkExposure(options.host, options.config.apiKeys);
  return createService('ingest', options, ({ plan, clock, log, metrics, logger }) => {
    const watch = new LagWatch(log, clock, laterStages(plan));
    watch.start();
    metrics.gauge(
      {
        name: 'millrace_ingest_later_lag_records',
        description: 'By how much the later stage furthest behind is behind',
      },
      () => watch.lag,
    );
    const stage = new IngestStage({ plan, clock, lag: () => watch.lag, observer: new IngestMetrics(metrics, logger) });
    return { stage, module: IngestModule.of(stage), close: () => watch.close() };
  });
}
