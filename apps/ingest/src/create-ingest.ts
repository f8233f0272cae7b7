import { pseudonymiser } from '@millrace/features';
import { ApiKeys, checkExposure, createService, LagWatch, type Service, type ServiceOptions } from '@millrace/platform';

import { SharedProgress } from './clocks/shared-progress.ts';
import { ControlFollower } from './control-follower.ts';
import { checkKeyEvents } from './door/check-key-events.ts';
import { EventDoor } from './door/event-door.ts';
import { EventsTopic } from './door/events-topic.ts';
import { assertSameKey } from './handover/assert-same-key.ts';
import { SetNotes } from './handover/set-notes.ts';
import { TakeOver } from './handover/take-over.ts';
import { IngestMetrics } from './ingest.metrics.ts';
import { IngestModule } from './ingest.module.ts';
import { IngestStage } from './ingest.stage.ts';
import { laterStages } from './later-stages.ts';

/**
 * The service that takes events.
 *
 * @throws AppError `EXPOSED_WITHOUT_KEYS`, `CONFIG_INVALID`, `PLAN_CHANGED`
 */
export async function createIngest(options: ServiceOptions): Promise<Service> {
  checkExposure(options.host, options.config.apiKeys);
  checkKeyEvents(options.config.apiKeys, options.plan);
  pseudonymiser(options.plan); // before anything is made: there may be no key
  return createService('ingest', options, async ({ plan, clock, log, config, metrics, logger }) => {
    const watch = new LagWatch(log, clock, laterStages(plan));
    watch.start();
    metrics.reading('millrace_ingest_later_lag_records', () => watch.lag);
    const progress = new SharedProgress();
    const notes = new SetNotes();
    const observer = new IngestMetrics(metrics, logger);
    const onStep = (what: string): void => logger.log(what);
    const takeOver = new TakeOver({ plan, log, clock, notes, from: options.from, onStep });
    const startAt = (partition: number): number | null => takeOver.startAt(partition);
    const stage = new IngestStage({ plan, clock, lag: () => watch.lag, progress, notes, startAt, observer });
    const follower = new ControlFollower({
      plan,
      log,
      clock,
      notes,
      progress,
      onNews: () => {
        takeOver.news();
        stage.progressed();
      },
      onFailed: (message) => logger.warn(`${plan.names.control} cannot be followed: ${message}`),
    });
    try {
      await follower.start();
      await assertSameKey({ plan, log, notes, from: options.from });
      await takeOver.announce();
    } catch (error) {
      await Promise.allSettled([watch.close(), follower.close()]);
      throw error;
    }
    const topic = new EventsTopic(plan.names.events, log, clock);
    const onAnswered = observer.request.bind(observer);
    const door = new EventDoor({ plan, topic, keys: new ApiKeys(config.apiKeys, clock), clock, onAnswered });
    const close = async (): Promise<void> =>
      void (await Promise.allSettled([watch.close(), topic.close(), follower.close()]));
    const promises = { name: 'promises', problem: () => null, remark: () => observer.silence() };
    const waits = { name: 'feature set', problem: () => takeOver.waitsFor(), remark: () => takeOver.givesOver() };
    const prepare = (signal: AbortSignal): Promise<void> => takeOver.prepare(signal);
    return { stage, module: IngestModule.of(stage, door), checks: [promises, waits], prepare, close };
  });
}
