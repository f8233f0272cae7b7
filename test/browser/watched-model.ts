import { SystemClock } from '@millrace/core';
import { MemoryLog } from '@millrace/memory-log';
import { topicSpecs, type Plan } from '@millrace/pipeline';
import type { OutboundRecord } from '@millrace/records';

import { BenchTraffic, benchProfile, scatter, scatteredLabel } from '../../apps/monitor/src/testing/bench-traffic.ts';
import { MonitorBench, benchPlan } from '../../apps/monitor/src/testing/monitor-bench.ts';
import { openDoor, type OpenedDoor } from './open-door.ts';

const HOUR = 3_600_000;
const ROWS = 100;
const LIMITS = { maxWaitMs: 1000, maxBytes: 1 << 20, maxBytesPerPartition: 1 << 20 };

/** What becomes of rows, hour by hour. */
export interface Course {
  readonly until: number;
  /** From this hour on x is small. */
  readonly shiftedFrom?: number;
  /** From this hour on version 2 answers. */
  readonly secondFrom?: number;
}

/** A monitor's stage on a model with a feature `x`, a category `c` and an output, and the monitor's own door to what it has written. */
export class WatchedModel {
  readonly plan: Plan;
  readonly log: MemoryLog;
  readonly #bench: MonitorBench;
  readonly #traffic: BenchTraffic;
  #door: OpenedDoor | null = null;
  #hours = 0;
  /** Offset in `<p>.counts`. */
  #heard = 0;
  readonly #told = new Map<string, number>();

  private constructor(plan: Plan, log: MemoryLog, bench: MonitorBench) {
    this.plan = plan;
    this.log = log;
    this.#bench = bench;
    this.#traffic = new BenchTraffic(plan);
  }

  static async create({ profiled = true, seasonal = false } = {}): Promise<WatchedModel> {
    const plan = await benchPlan(
      `{ window: { every: 1h, min_rows: 40 }, warm_up: 0ms, slices: [c], seasonal: ${seasonal} }`,
    );
    const log = new MemoryLog({ clock: new SystemClock() });
    await log.admin().create(topicSpecs(plan));
    const versions = profiled ? ['1', '2'] : [];
    const everyMs = seasonal ? HOUR : 1; // rows in each hour of the week
    const profiles = new Map(versions.map((version) => [version, benchProfile(plan, { labelled: true, everyMs })]));
    const model = new WatchedModel(plan, log, await MonitorBench.start({ plan, outputs: ['p'], profiles }));
    for (const record of model.#clocks(0)) model.#bench.append(record);
    return model;
  }

  /** Opens the door as the service has it. */
  async open(keys: readonly string[] = []): Promise<string> {
    this.#door = await openDoor(this.plan, this.log, this.#bench.stage, keys);
    return this.#door.url;
  }

  /** Goes on for some hours, and writes what the monitor makes of them. */
  async run({ until, shiftedFrom = Infinity, secondFrom = Infinity }: Course): Promise<void> {
    for (; this.#hours < until; this.#hours++) {
      const hour = this.#hours;
      const version = hour >= secondFrom ? '2' : '1';
      for (let i = 0; i < ROWS; i++) {
        const n = hour * ROWS + i;
        const [at, p] = [hour * HOUR + i * 36_000, scatter(n + 700)];
        const x = scatter(n) * (hour >= shiftedFrom ? 0.3 : 1);
        this.#bench.append(this.#traffic.row(`r${n}`, i % 2, { at, x, c: n % 2, p, version }));
        this.#bench.append(this.#traffic.outcome(`r${n}`, i % 2, at, scatteredLabel(n, p)));
      }
      for (const record of this.#clocks((hour + 1) * HOUR)) this.#bench.append(record);
    }
    this.#bench.drain();
    for (const topic of [this.plan.names.ledger, this.plan.names.alerts]) await this.#publish(topic);
  }

  /** Takes up what people have said at the door. */
  async hear(): Promise<void> {
    const { counts } = this.plan.names;
    const reader = this.log.source();
    const [chunk] = await reader.fetch([{ topic: counts, partition: 0, offset: this.#heard }], LIMITS);
    await reader.close();
    this.#heard = chunk?.next ?? this.#heard;
    for (const { key, value } of chunk?.records ?? []) this.#bench.append({ topic: counts, partition: 0, key, value });
    await this.run({ until: this.#hours });
  }

  async close(): Promise<void> {
    await this.#door?.close();
    await this.log.close();
  }

  async #publish(topic: string): Promise<void> {
    const records = this.#bench.of(topic);
    const fresh = records.slice(this.#told.get(topic) ?? 0);
    this.#told.set(topic, records.length);
    await this.log.publisher().publish(fresh.map(({ key, value }) => ({ topic, partition: 0, key, value })));
  }

  #clocks(at: number): readonly OutboundRecord[] {
    return [0, 1].flatMap((lane) => [
      this.#traffic.progress(lane, at),
      this.#traffic.clock(lane, 0, at),
      this.#traffic.clock(lane, 1, at),
    ]);
  }
}
