import type { ReferenceProfile } from '@millrace/drift';
import type { Plan } from '@millrace/pipeline';
import { readLatest, type Log, type Stage } from '@millrace/stream';

import { FeatureStage } from '../../../apps/feature/src/feature.stage.ts';
import { SharedProgress } from '../../../apps/ingest/src/clocks/shared-progress.ts';
import { ControlFollower } from '../../../apps/ingest/src/control-follower.ts';
import { SetNotes } from '../../../apps/ingest/src/handover/set-notes.ts';
import { IngestStage } from '../../../apps/ingest/src/ingest.stage.ts';
import { MonitorStage, type ReadNewest } from '../../../apps/monitor/src/monitor.stage.ts';
import { ScorerStage } from '../../../apps/scorer/src/scorer.stage.ts';
import type { Host } from '../world/host.ts';
import { PoisonedStage } from './poisoned-stage.ts';
import type { SimulatedModel } from './simulated-model.ts';

export const SERVICES = ['ingest', 'feature', 'scorer', 'monitor'] as const;
export type Service = (typeof SERVICES)[number];

/** What a service reads. */
export function inputTopics(service: Service, { names, stages }: Plan): readonly string[] {
  const topics = {
    ingest: [names.events],
    feature: stages.map(({ topic }) => topic),
    scorer: [names.features],
    monitor: [names.scored, names.joinOutcomes, names.counts],
  };
  return topics[service];
}

export interface StageContext {
  readonly plan: Plan;
  readonly profile: ReferenceProfile;
  readonly host: Host;
  readonly log: Log;
  readonly model: SimulatedModel;
}

/** The real stage of a service, as its `create-*.ts` makes it. */
export function createStage(service: Service, { plan, profile, host, log, model }: StageContext): Stage {
  switch (service) {
    case 'ingest':
      return createIngest(plan, host, log);
    case 'feature':
      return new PoisonedStage(new FeatureStage(plan));
    case 'scorer':
      return new ScorerStage({ plan, model: model.port(), clock: host });
    case 'monitor': {
      const source = log.source();
      const readNewest: ReadNewest = (topic, key) => readLatest(source, topic, key);
      return new MonitorStage({ plan, outputs: ['p'], profiles: new Map([['1', profile]]), readNewest });
    }
  }
}

/** A stage to replay records with: without a log, a host or a model. */
export function createReplayStage(service: Service, plan: Plan): Stage {
  if (service === 'feature') return new PoisonedStage(new FeatureStage(plan));
  if (service !== 'monitor') throw new Error(`${service} is not replayed`);
  return new MonitorStage({ plan, outputs: ['p'], profiles: new Map(), readNewest: async () => null });
}

function createIngest(plan: Plan, host: Host, log: Log): Stage {
  const progress = new SharedProgress();
  const notes = new SetNotes();
  const stage = new IngestStage({ plan, clock: host, progress, notes });
  const onNews = (): void => stage.progressed();
  // it ends with its host
  void new ControlFollower({ plan, log, clock: host, notes, progress, onNews, onFailed: () => undefined }).start();
  return stage;
}
