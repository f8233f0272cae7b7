import {
  createProjector,
  measureDisorder,
  offlineFeatures,
  type FeatureRow,
  type FileEvent,
  type KnownEvent,
  type Projector,
} from '@millrace/features';
import { collect, FLIGHTS_PIPELINE, flightEvents, oneByOne, smallPlan } from '@millrace/features/testing';
import { loadPlan, parseEventTime, type Plan } from '@millrace/pipeline';
import {
  decodeFeaturesRecord,
  encodeStageRecord,
  partitionOf,
  type ClockRecord,
  type InboundRecord,
  type OutboundRecord,
  type VectorRow,
} from '@millrace/records';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { FeatureStage } from './feature.stage.ts';

/** The watermark of a partition that has come to its end. */
const END_OF_TIME = 1e15;

/** Numbers in [0, 1) from a seed: which partition goes on next. */
function dice(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** A replay under one promise, over several input partitions that go on at their own speeds. */
class Replay {
  readonly vectors: VectorRow[] = [];
  deadLetters = 0;
  readonly #plan: Plan;
  readonly #stage: FeatureStage;
  readonly #projector: Projector;
  readonly #inputs: KnownEvent[][];
  readonly #roll: () => number;
  /** Written and not yet processed, per partition of a topic. */
  readonly #queues = new Map<string, InboundRecord[]>();
  readonly #ends = new Map<string, number>();

  constructor(plan: Plan, events: readonly FileEvent[], inputs: number, seed: number) {
    this.#plan = plan;
    this.#stage = new FeatureStage(plan);
    this.#projector = createProjector(plan);
    this.#roll = dice(seed);
    this.#inputs = Array.from({ length: inputs }, () => []);
    for (const event of events) this.#place(event);
    for (const input of this.#inputs) input.sort((a, b) => a.at - b.at);
  }

  run(): readonly VectorRow[] {
    for (const { topic } of this.#plan.stages) {
      for (let partition = 0; partition < this.#plan.topics.partitions; partition++)
        this.#stage.open([{ topic, partition }]);
    }
    const positions = this.#inputs.map(() => 0);
    for (const input of positions.keys()) this.#tell(input, this.#inputs[input]![0]?.at ?? END_OF_TIME);
    while (positions.some((position, input) => position < this.#inputs[input]!.length)) {
      const input = Math.floor(this.#roll() * positions.length);
      positions[input] = this.#advance(input, positions[input]!, 1 + Math.floor(this.#roll() * 40));
      if (this.#roll() < 0.5) this.#process();
    }
    while (this.#queues.size > 0) this.#process();
    return this.vectors;
  }

  #place({ type, payload }: FileEvent): void {
    const at = parseEventTime(payload['at']) as number;
    const id = String(payload['id']);
    const input = partitionOf(String(payload[this.#plan.predict.key] ?? id), this.#inputs.length);
    const events = this.#inputs[input]!;
    events.push({
      type,
      id,
      at,
      payload,
      origin: { partition: input, offset: events.length },
      promise: 'replay',
      attempts: 0,
    });
  }

  /** A batch of one input partition, and its watermark behind it. */
  #advance(input: number, from: number, count: number): number {
    const events = this.#inputs[input]!;
    for (const event of events.slice(from, from + count)) {
      for (const { topic, key, placedBy, record } of this.#projector.project(event)) {
        this.#write({
          topic,
          partition: partitionOf(placedBy, this.#plan.topics.partitions),
          key,
          value: encodeStageRecord(record),
        });
      }
    }
    this.#tell(input, events[from + count]?.at ?? END_OF_TIME);
    return from + count;
  }

  #tell(input: number, at: number): void {
    const clock: ClockRecord = {
      kind: 'clock',
      input,
      at,
      first: 0,
      promise: { id: 'replay', partitions: [...this.#inputs.keys()] },
    };
    const value = encodeStageRecord(clock);
    for (const { topic } of this.#plan.stages) {
      for (let partition = 0; partition < this.#plan.topics.partitions; partition++)
        this.#write({ topic, partition, key: null, value });
    }
  }

  #write({ topic, partition, key, value }: OutboundRecord): void {
    if (topic === this.#plan.names.features) {
      const row = decodeFeaturesRecord(value as Buffer);
      if (row.kind === 'vector') this.vectors.push(row);
      return;
    }
    const name = `${topic}/${partition}`;
    const queue = this.#queues.get(name) ?? [];
    this.#queues.set(name, queue);
    const offset = this.#ends.get(name) ?? 0;
    this.#ends.set(name, offset + 1);
    queue.push({
      topic,
      partition,
      offset,
      timestamp: 0,
      key: key === null ? null : Buffer.from(key),
      value: value as Buffer,
      headers: [],
    });
  }

  /** Some partition's next records. */
  #process(): void {
    const names = [...this.#queues.keys()];
    const name = names[Math.floor(this.#roll() * names.length)];
    if (name === undefined) return;
    const queue = this.#queues.get(name)!;
    const batch = queue.splice(0, 1 + Math.floor(this.#roll() * 200));
    if (queue.length === 0) this.#queues.delete(name);
    const { records, deadLetters } = this.#stage.process(batch);
    this.deadLetters += deadLetters.length;
    for (const state of this.#stage.partitions().values()) state.settle();
    for (const record of records) this.#write(record);
  }
}

const bits = ({ id, at, key, vector }: FeatureRow | VectorRow): string =>
  [id, at, key, Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString('hex')].join(' ');

/** The vectors of both ways, and whatever else came out of the replay. */
async function bothWays(plan: Plan, events: readonly FileEvent[], inputs: number, seed: number) {
  const disorderMs = await measureDisorder(plan, oneByOne(events));
  const offline = await collect(offlineFeatures(plan, oneByOne(events), { disorderMs }));
  const replay = new Replay(plan, events, inputs, seed);
  const late = replay.run().filter((row) => row.late).length;
  return {
    online: replay.vectors.map(bits).toSorted(),
    offline: offline.map(bits).toSorted(),
    others: { late, deadLetters: replay.deadLetters },
  };
}

const PLAN: Plan = {
  ...smallPlan({
    features: [
      { from: 'sale', by: ['place'], over: 40, take: 'stddev', of: 'amount' },
      { from: 'sale', by: ['place', 'user'], over: 90, take: 'last', of: 'amount' },
      { from: 'sale', by: ['user'], over: 25, take: 'sum', of: 'amount' },
      { from: 'ask', by: ['place'], over: 30, take: 'count' },
      { from: 'sale', by: ['place'], over: 130, take: 'sum', of: 'amount', resolution: 60 },
      { from: 'sale', by: ['place'], over: 90, take: 'first', of: 'amount', resolution: 40 },
      { from: 'sale', by: ['user'], over: 120, take: 'distinct', of: 'amount', resolution: 70 },
    ],
    retainLateMs: 5,
  }),
  topics: { partitions: 2, replication: null, retentionMs: 1 },
};

describe('a replay under a promise', () => {
  it('gives the offline features bit for bit, over any number of partitions at any speeds', async () => {
    const payload = fc.record({
      at: fc.integer({ min: 0, max: 300 }),
      place: fc.constantFrom('x', 'x', 'x', 'y', null),
      user: fc.constantFrom('u', 'v', 'w', null),
      amount: fc.option(fc.double({ noNaN: true, min: -9, max: 9 })),
      n: fc.integer(),
    });
    const events = fc
      .array(fc.tuple(fc.constantFrom('sale', 'sale', 'ask'), payload), { minLength: 60, maxLength: 120 })
      .map((drawn) => drawn.map(([type, fields], i): FileEvent => ({ type, payload: { ...fields, id: `${i}` } })));
    await fc.assert(
      fc.asyncProperty(events, fc.constantFrom(1, 2, 4, 16), fc.nat(), async (drawn, inputs, seed) => {
        const { online, offline, others } = await bothWays(PLAN, drawn, inputs, seed);
        expect(online).toEqual(offline);
        expect(others).toEqual({ late: 0, deadLetters: 0 });
      }),
      { numRuns: 150 },
    );
  }, 60_000);

  it('gives the offline features of 30,000 flight events bit for bit', async () => {
    const plan = await loadPlan(FLIGHTS_PIPELINE);
    const events: FileEvent[] = [];
    for await (const event of flightEvents()) if (events.push(event) === 30_000) break;
    const { online, offline, others } = await bothWays(plan, events, 3, 7);
    expect(online).toEqual(offline);
    expect(others).toEqual({ late: 0, deadLetters: 0 });
  }, 60_000);
});
