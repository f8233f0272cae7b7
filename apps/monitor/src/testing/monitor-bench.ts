import { parsePipeline, type Plan } from '@millrace/pipeline';
import {
  NO_HEADERS,
  partitionKey,
  type InboundRecord,
  type OutboundRecord,
  type TopicPartition,
} from '@millrace/records';
import type { StageOutput, StateMarker, TaskState } from '@millrace/stream';

import { MonitorStage, type MonitorStageOptions } from '../monitor.stage.ts';

const SCHEMA = JSON.stringify({
  type: 'object',
  properties: {
    id: { type: 'string' },
    at: { type: 'integer' },
    key: { type: 'string' },
    x: { type: 'number' },
    c: { type: 'string' },
    hit: { type: 'boolean' },
  },
  required: ['id', 'at', 'key'],
});

/** A pipeline of two partitions with a number `x` and a category `c`. */
export function benchPlan(monitor: string): Promise<Plan> {
  const text = `
apiVersion: millrace/v1
name: bench
events: { asked: { schema: any.json, id: id, time: at }, told: { schema: any.json, id: id, time: at } }
topics: { partitions: 2 }
predict: { on: asked, key: key, model: m, version: "1" }
features: [{ name: x, value: x }, { name: c, value: c, categories: [a, b], other: true }]
outcome: { from: told, id: id, label: hit, within: 2h }
monitor: ${monitor}
`;
  return parsePipeline(text, { file: 'pipeline.yaml', folder: '/', read: async () => SCHEMA });
}

interface Committed {
  readonly offset: number;
  readonly marker: StateMarker;
}

/** A task of the stage with its state, and what was committed of it. */
interface Task {
  readonly partitions: readonly TopicPartition[];
  state: TaskState;
}

/** Drives a monitor's stage as the runner would, on topics that are arrays: commits, aborts and restarts when told to. */
export class MonitorBench {
  readonly topics = new Map<string, InboundRecord[]>();
  #options: Omit<MonitorStageOptions, 'readNewest'>;
  readonly #committed = new Map<string, Committed>();
  #stage: MonitorStage;
  #tasks: Task[] = [];

  private constructor(options: Omit<MonitorStageOptions, 'readNewest'>) {
    this.#options = options;
    this.#stage = this.#freshStage();
  }

  static async start(options: Omit<MonitorStageOptions, 'readNewest'>): Promise<MonitorBench> {
    const bench = new MonitorBench(options);
    await bench.restart();
    return bench;
  }

  get stage(): MonitorStage {
    return this.#stage;
  }

  /** All partitions that the stage reads. */
  get inputs(): readonly TopicPartition[] {
    return this.#tasks.flatMap(({ partitions }) => partitions);
  }

  of(topic: string, partition = 0): readonly InboundRecord[] {
    return this.#records({ topic, partition });
  }

  append({ topic, partition, key, value, headers = NO_HEADERS }: OutboundRecord): void {
    const records = this.#records({ topic, partition });
    const offset = records.length * 2; // gaps, as control records leave them
    records.push({ topic, partition, offset, timestamp: 0, key: bytes(key), value: bytes(value), headers });
  }

  /** How many records of an input are not committed. */
  behind(at: TopicPartition): number {
    const { offset } = this.#committed.get(partitionKey(at)) ?? { offset: 0 };
    return this.#records(at).filter((record) => record.offset >= offset).length;
  }

  /** Processes up to `most` records of one input, and commits; `abort`: takes it all back instead. */
  step(at: TopicPartition, most: number, { abort = false } = {}): void {
    const task = this.#tasks.find(({ partitions }) =>
      partitions.some((one) => partitionKey(one) === partitionKey(at)),
    ) as Task;
    const from = this.#committed.get(partitionKey(at))?.offset ?? 0;
    const batch = this.#records(at)
      .filter(({ offset }) => offset >= from)
      .slice(0, most);
    const last = batch.at(-1);
    if (!last) return;
    this.#commit(task, at, last, this.#stage.process(batch) as StageOutput, abort);
  }

  /** As `drain`, one record at a time, where the stage has to wait for something. */
  async drainWaiting(): Promise<void> {
    while (this.inputs.some((at) => this.behind(at) > 0))
      for (const task of this.#tasks) for (const at of task.partitions) await this.#stepWaiting(task, at);
  }

  async #stepWaiting(task: Task, at: TopicPartition): Promise<void> {
    const from = this.#committed.get(partitionKey(at))?.offset ?? 0;
    const next = this.#records(at).find(({ offset }) => offset >= from);
    if (next) this.#commit(task, at, next, await this.#stage.process([next]), false);
  }

  #commit(task: Task, at: TopicPartition, last: InboundRecord, { records }: StageOutput, abort: boolean): void {
    if (abort) return task.state.rollback(0);
    for (const record of records) this.append(record);
    for (const one of task.partitions) {
      const offset = one.topic === at.topic ? last.offset + 1 : (this.#committed.get(partitionKey(one))?.offset ?? 0);
      this.#committed.set(partitionKey(one), { offset, marker: task.state.marker(one) });
    }
    task.state.settle();
  }

  /** Until nothing is left to read. */
  drain(most = 100): void {
    while (this.inputs.some((at) => this.behind(at) > 0)) for (const at of this.inputs) this.step(at, most);
  }

  /** A new process: states are made of what the log holds. */
  async restart(changed: Partial<MonitorStageOptions> = {}): Promise<void> {
    this.#options = { ...this.#options, ...changed };
    this.#stage = this.#freshStage();
    const { topics } = this.#options.plan;
    this.#tasks = [];
    for (const [group, names] of this.#stage.inputs.entries()) {
      for (let partition = 0; partition < (group === 0 ? topics.partitions : 1); partition++) {
        const partitions = names.map((topic) => ({ topic, partition }));
        this.#tasks.push({ partitions, state: await this.#restored(partitions) });
      }
    }
  }

  async #restored(partitions: readonly TopicPartition[]): Promise<TaskState> {
    const state = this.#stage.open(partitions);
    const known = partitions.flatMap((at) => {
      const committed = this.#committed.get(partitionKey(at));
      return committed ? [{ at, committed }] : [];
    });
    await state.load(new Map(known.map(({ at, committed }) => [partitionKey(at), committed.marker.body])));
    for (const { at, committed } of known) {
      const from = committed.marker.keepFrom ?? committed.offset;
      state.restore(this.#records(at).filter(({ offset }) => offset >= from && offset < committed.offset));
    }
    state.restored();
    state.settle();
    return state;
  }

  #freshStage(): MonitorStage {
    const readNewest = async (topic: string, key: string): Promise<Uint8Array | null> =>
      this.of(topic).findLast((record) => String(record.key) === key)?.value ?? null;
    return new MonitorStage({ ...this.#options, readNewest });
  }

  #records(at: TopicPartition): InboundRecord[] {
    const key = partitionKey(at);
    let records = this.topics.get(key);
    if (!records) this.topics.set(key, (records = []));
    return records;
  }
}

function bytes(data: Uint8Array | string | null): Buffer | null {
  return data === null ? null : Buffer.from(data as string);
}
