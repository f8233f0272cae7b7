import {
  checkExposure,
  createService,
  LagWatch,
  notePlan,
  type Service,
  type ServiceOptions,
} from '@millrace/platform';

import { ProgressFollower } from './clocks/progress-follower.ts';
import { SharedProgress } from './clocks/shared-progress.ts';
import { ApiKeys } from './door/api-keys.ts';
import { EventDoor } from './door/event-door.ts';
import { EventsTopic } from './door/events-topic.ts';
import { IngestMetrics } from './ingest.metrics.ts';
import { IngestModule } from './ingest.module.ts';
import { IngestStage } from './ingest.stage.ts';
import { laterStages } from './later-stages.ts';

/**
 * The service that takes events.
 *
 * @throws AppError `EXPOSED_WITHOUT_KEYS`, `PLAN_CHANGED`
 */
export async function createIngest(options: ServiceOptions): Promise<Service> {
  checkExposure(options.host, options.config.apiKeys);
  await notePlan(options.plan, options.log, options.from);
  return createService('ingest', options, ({ plan, clock, log, config, metrics, logger }) => {
    const watch = new LagWatch(log, clock, laterStages(plan));
    watch.start();
    metrics.gauge(
      {
        name: 'millrace_ingest_later_lag_records',
        description: 'By how much the later stage furthest behind is behind',
      },
      () => watch.lag,
    );
    const progress = new SharedProgress();
    const observer = new IngestMetrics(metrics, logger);
    const stage = new IngestStage({ plan, clock, lag: () => watch.lag, progress, observer });
    const follower = new ProgressFollower({ plan, log, clock, progress, onNews: () => stage.progressed() });
    follower.start();
    const topic = new EventsTopic(plan.names.events, log, clock);
    const door = new EventDoor({ plan, topic, keys: new ApiKeys(config.apiKeys), clock });
    const close = async (): Promise<void> =>
      void (await Promise.allSettled([watch.close(), topic.close(), follower.close()]));
    const promises = { name: 'promises', problem: () => null, remark: () => observer.silence() };
    return { stage, module: IngestModule.of(stage, door), checks: [promises], close };
  });
}
