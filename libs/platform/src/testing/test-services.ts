import { SystemClock } from '@millrace/core';
import { MemoryLog } from '@millrace/memory-log';
import { topicSpecs, type Plan } from '@millrace/pipeline';
import { partitionKey, type InboundRecord, type OutboundRecord } from '@millrace/records';
import type { Log, Stage, StageOutput } from '@millrace/stream';
import { Controller, Inject, Module, type DynamicModule } from '@nestjs/common';
import type { InMemorySpanExporter } from '@opentelemetry/sdk-trace';

import { createService } from '../bootstrap/create-service.ts';
import type { ServiceName, ServiceOptions } from '../bootstrap/service-options.ts';
import type { Service } from '../bootstrap/service.ts';
import type { PlatformConfig } from '../config/platform-config.ts';
import { readConfig } from '../config/read-config.ts';
import { openLogs } from '../logging/open-logs.ts';
import { Consumes } from '../transport/consumes.ts';
import type { RecordBatch } from '../transport/record-batch.ts';
import { ForwardingStage } from './forwarding-stage.ts';

const STAGE: unique symbol = Symbol('stage');

/** A controller with one handler for a topic, and a module of it. */
export function forwardingModule(role: string, stage: Stage): DynamicModule {
  @Controller()
  class ForwardingController {
    readonly #stage: Stage;

    constructor(@Inject(STAGE) stage: Stage) {
      this.#stage = stage;
    }

    @Consumes(role)
    async forward({ records }: RecordBatch): Promise<StageOutput> {
      return this.#stage.process(records);
    }
  }

  @Module({})
  class ForwardingModule {}

  return {
    module: ForwardingModule,
    controllers: [ForwardingController],
    providers: [{ provide: STAGE, useValue: stage }],
  };
}

/** A log with a plan's topics, and services on it that only pass records on. */
export class TestServices {
  readonly log: Log = new MemoryLog({ clock: new SystemClock() });
  readonly plan: Plan;
  readonly #services: Service[] = [];

  constructor(plan: Plan) {
    this.plan = plan;
  }

  options(overrides: Partial<ServiceOptions> = {}): ServiceOptions {
    const { plan, log } = this;
    return {
      plan,
      log,
      clock: new SystemClock(),
      config: readConfig({}),
      logs: openLogs('silent'),
      host: '127.0.0.1',
      port: 0,
      ...overrides,
    };
  }

  async createTopics(): Promise<void> {
    await this.log.admin().create(topicSpecs(this.plan));
  }

  /** The four services in a row: `events` → `by` → `features` → `scored` → `examples`. */
  async startChain(exporter: InMemorySpanExporter, config: PlatformConfig): Promise<void> {
    const { names, stages } = this.plan;
    const by = stages.find(({ assembler }) => assembler)?.topic as string;
    const hops: readonly [ServiceName, string, string, string][] = [
      ['ingest', 'events', names.events, by],
      ['feature', 'by', by, names.features],
      ['scorer', 'features', names.features, names.scored],
      ['monitor', 'scored', names.scored, names.examples],
    ];
    for (const [name, role, from, to] of hops) {
      const stage = new ForwardingStage(name, from, to);
      const service = await this.create(name, role, stage, { config, spanExporter: exporter });
      await this.start(service);
    }
  }

  async create(
    name: ServiceName,
    role: string,
    stage: Stage,
    overrides: Partial<ServiceOptions> = {},
  ): Promise<Service> {
    const service = await createService(name, this.options(overrides), () => ({
      stage,
      module: forwardingModule(role, stage),
    }));
    this.#services.push(service);
    return service;
  }

  /** Door and stage. */
  async start(service: Service): Promise<string> {
    const url = await service.open();
    await service.start();
    return url;
  }

  publish(records: readonly OutboundRecord[]): Promise<void> {
    return this.log.publisher().publish(records);
  }

  async read(topic: string): Promise<readonly InboundRecord[]> {
    const source = this.log.source();
    const partitions = Array.from({ length: this.plan.topics.partitions }, (_, partition) => ({ topic, partition }));
    const bounds = await source.bounds(partitions);
    const filled = partitions.filter((at) => (bounds.get(partitionKey(at))?.lastStable ?? 0) > 0);
    if (filled.length === 0) return [];
    const chunks = await source.fetch(
      filled.map((at) => ({ ...at, offset: 0 })),
      { maxWaitMs: 0, maxBytes: 1 << 20, maxBytesPerPartition: 1 << 20 },
    );
    return chunks.flatMap(({ records }) => records);
  }

  async stop(): Promise<void> {
    for (const service of this.#services.splice(0)) await service.stop();
  }
}
