import type { ReferenceProfile } from '@millrace/drift';
import type { Plan } from '@millrace/pipeline';
import { readLatest, type Log, type Stage } from '@millrace/stream';

import { FeatureStage } from '../../../apps/feature/src/feature.stage.ts';
import { SharedProgress } from '../../../apps/ingest/src/clocks/shared-progress.ts';
import { ControlFollower } from '../../../apps/ingest/src/control-follower.ts';
import { SetNotes } from '../../../apps/ingest/src/handover/set-notes.ts';
import { TakeOver } from '../../../apps/ingest/src/handover/take-over.ts';
import { IngestStage } from '../../../apps/ingest/src/ingest.stage.ts';
import { MonitorStage, type ReadNewest } from '../../../apps/monitor/src/monitor.stage.ts';
import type { Host } from '../world/host.ts';
import { createScorer } from './create-scorer.ts';
import { PoisonedStage } from './poisoned-stage.ts';
import type { SimulatedModel } from './simulated-model.ts';
import { simulatedProfile } from './simulated-profile.ts';
import { untilAnswered } from './until-answered.ts';

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
  readonly poisons: boolean;
}

/** A stage, and what must be so before it begins. */
export interface CreatedStage {
  readonly stage: Stage;
  readonly prepare?: (signal: AbortSignal) => Promise<void>;
}

/** The real stage of a service, as its `create-*.ts` makes it. */
export function createStage(service: Service, context: StageContext): CreatedStage {
  const { plan, profile, host, log, model, poisons } = context;
  switch (service) {
    case 'ingest':
      return createIngest(plan, host, log);
    case 'feature':
      return { stage: createFeature(plan, poisons) };
    case 'scorer':
      return createScorer(plan, host, log, model);
    case 'monitor': {
      const source = log.source();
      const readNewest: ReadNewest = (topic, key) => readLatest(source, topic, key);
      const profiles = new Map([['1', profile]]);
      return { stage: new MonitorStage({ plan, outputs: ['p'], profiles, readNewest }) };
    }
  }
}

/** A stage to replay records with: without a log, a host or a model. */
export function createReplayStage(service: Service, plan: Plan, poisons: boolean): Stage {
  if (service === 'feature') return createFeature(plan, poisons);
  if (service !== 'monitor') throw new Error(`${service} is not replayed`);
  const profiles = new Map([['1', simulatedProfile(plan)]]);
  return new MonitorStage({ plan, outputs: ['p'], profiles, readNewest: async () => null });
}

function createFeature(plan: Plan, poisons: boolean): Stage {
  const stage = new FeatureStage(plan);
  return poisons ? new PoisonedStage(stage) : stage;
}

function createIngest(plan: Plan, host: Host, log: Log): CreatedStage {
  const progress = new SharedProgress();
  const notes = new SetNotes();
  const takeOver = new TakeOver({ plan, log, clock: host, notes, from: undefined, onStep: () => undefined });
  const startAt = (partition: number): number | null => takeOver.startAt(partition);
  const stage = new IngestStage({ plan, clock: host, progress, notes, startAt });
  const onNews = (): void => {
    takeOver.news();
    stage.progressed();
  };
  // it ends with its host
  const follower = new ControlFollower({ plan, log, clock: host, notes, progress, onNews, onFailed: () => undefined });
  const prepare = async (signal: AbortSignal): Promise<void> => {
    await follower.start();
    await untilAnswered(host, () => takeOver.announce());
    await untilAnswered(host, () => takeOver.prepare(signal));
  };
  return { stage, prepare };
}
