import type { ReferenceProfile } from '@millrace/drift';
import type { Plan } from '@millrace/pipeline';
import { StageRunner, type Log, type Stage } from '@millrace/stream';

import type { Host } from '../world/host.ts';
import { SimulatedModel } from './simulated-model.ts';
import { createStage, type Service } from './stages.ts';
import { WatchedStage } from './watched-stage.ts';

/** Longer than a wink and shorter than what a fault may last. */
const SESSION_MS = 4000;
const TRANSACTION_MS = 2500;

export interface ProcessOptions {
  readonly plan: Plan;
  readonly profile: ReferenceProfile;
  readonly service: Service;
  readonly host: Host;
  readonly log: Log;
  /** `group.instance.id`, where the instance has a lasting name. */
  readonly instanceId: string | null;
  readonly transactionalId: string;
  readonly batchRecords: number;
  readonly poisons: boolean;
  /** Another stage than the real one: to plant a bug. */
  readonly disguise?: (stage: Stage) => Stage;
  /** It ended by itself: asked to (null), or with an error. */
  readonly onEnd: (error: unknown) => void;
}

/** One process of a service: the real stage under the real engine, on a host. */
export class Process {
  readonly plan: Plan;
  readonly service: Service;
  readonly host: Host;
  readonly stage: WatchedStage;
  readonly model: SimulatedModel;
  readonly #runner: StageRunner;
  readonly #stop = new AbortController();

  constructor(options: ProcessOptions) {
    const { plan, profile, service, host, log, instanceId, transactionalId, batchRecords, poisons, disguise } = options;
    this.plan = plan;
    this.service = service;
    this.host = host;
    this.model = new SimulatedModel(host);
    const { stage: real, prepare } = createStage(service, { plan, profile, host, log, poisons, model: this.model });
    this.stage = new WatchedStage(disguise ? disguise(real) : real);
    this.#runner = new StageRunner({
      stage: this.stage,
      log,
      clock: host,
      groupId: groupIdOf(plan, service),
      transactionalId,
      dlq: { topic: plan.names.dlq, partitions: plan.topics.partitions },
      control: plan.names.control,
      sessionTimeoutMs: SESSION_MS,
      transactionTimeoutMs: TRANSACTION_MS,
      limits: { batchRecords, fetchWaitMs: 500 },
      ...(instanceId !== null && { instanceId }),
    });
    this.#run(prepare).then(
      () => options.onEnd(null),
      (error: unknown) => options.onEnd(error),
    );
  }

  /** All of its states are what they were: none is still read from the log. */
  get isRestored(): boolean {
    return this.#runner.status().restoring === 0;
  }

  async #run(prepare: ((signal: AbortSignal) => Promise<void>) | undefined): Promise<void> {
    if (prepare && !this.#stop.signal.aborted) await prepare(this.#stop.signal);
    if (this.#stop.signal.aborted) await this.#runner.stop();
    await this.#runner.run();
  }

  /** As SIGTERM does. */
  stop(): void {
    this.#stop.abort();
    void this.#runner.stop();
  }
}

export function groupIdOf(plan: Plan, service: Service): string {
  return `${plan.name}.${service}.${plan.featureSet}`;
}
