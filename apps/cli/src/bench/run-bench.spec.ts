import { ManualClock } from '@millrace/core/testing';
import { MemoryLog } from '@millrace/memory-log';
import { parsePipeline, type Plan } from '@millrace/pipeline';
import { cloudEventHeaders, deadLetterRecord, headerText, type InboundRecord } from '@millrace/records';
import type { Log } from '@millrace/stream';
import { beforeEach, describe, expect, it } from 'vitest';

import type { EventLine } from '../events/event-line.ts';
import type { BenchOptions } from './bench-options.ts';
import type { BenchResult } from './bench-result.ts';
import { runBench } from './run-bench.ts';

const PIPELINE = `
apiVersion: millrace/v1
name: rides
events:
  asked: { schema: asked.json, id: id, time: at }
  paid: { schema: asked.json, id: id, time: at }
predict: { on: asked, key: rider, model: fare }
features: [{ name: one, value: "1.0" }]
`;
const SCHEMA = JSON.stringify({
  type: 'object',
  properties: { id: { type: ['string', 'integer'] }, at: {}, rider: { type: 'string' } },
  required: ['id', 'rider'],
});
const T0 = 1_700_000_000_000;
const TOPICS = ['rides.events', 'rides.predictions', 'rides.dlq'];
const GRACE_MS = 1000;

let plan: Plan;
let clock: ManualClock;
let log: MemoryLog;
let run: { ended: boolean; joined: boolean };
beforeEach(async () => {
  plan = await parsePipeline(PIPELINE, { file: 'rides.yaml', folder: '/nowhere', read: async () => SCHEMA });
  clock = new ManualClock(T0);
  log = new MemoryLog({ clock });
  run = { ended: false, joined: false };
  const { partitions } = plan.topics;
  await log.admin().create(TOPICS.map((topic) => ({ topic, partitions, replication: null, config: {} })));
});

const asked = (line: number): EventLine => ({ type: 'asked', payload: { id: `r${line}`, at: 5, rider: 'ann' }, line });

async function join(services: readonly string[]): Promise<void> {
  for (const service of services) {
    const groupId = `rides.${service}.${plan.featureSet}`;
    const options = { groupId, inputs: [['rides.events']], sessionTimeoutMs: 1e9, onRebalance: () => undefined };
    await log.member(options).join();
  }
}

/** Runs with all services there, in virtual time. */
async function bench(events: readonly EventLine[], change: Partial<BenchOptions> = {}): Promise<BenchResult> {
  if (!run.joined) await join(['ingest', 'feature', 'scorer']);
  run.joined = true;
  const result = runBench({
    plan,
    log,
    clock,
    rate: 10,
    durationMs: 1000,
    graceMs: GRACE_MS,
    signal: new AbortController().signal,
    events: async function* () {
      yield* events;
    },
    ...change,
  }).finally(() => (run.ended = true));
  const pass = async (): Promise<void> => {
    for (; !run.ended; clock.advance(5)) await new Promise((resolve) => setImmediate(resolve));
  };
  return (await Promise.all([result, pass()]))[0];
}

async function read(topic: string, offsets: number[]): Promise<readonly InboundRecord[]> {
  const positions = offsets.map((offset, partition) => ({ topic, partition, offset }));
  const chunks = await log.source().fetch(positions, { maxWaitMs: 50, maxBytes: 1e9, maxBytesPerPartition: 1e9 });
  for (const { partition, next } of chunks) offsets[partition] = next;
  return chunks.flatMap(({ records }) => records);
}

/** A pipeline that does with each event as it is told. */
async function pipeline(react: (event: InboundRecord, id: string) => Promise<void>): Promise<void> {
  const offsets = Array.from({ length: plan.topics.partitions }, () => 0);
  while (!run.ended) for (const event of await read('rides.events', offsets)) await react(event, idOf(event));
}

const idOf = ({ headers }: Pick<InboundRecord, 'headers'>): string => headerText(headers, 'ce_id') ?? '';

async function predict(id: string, times = 1): Promise<void> {
  const headers = cloudEventHeaders({ type: 'millrace.prediction', source: '/millrace/rides', id, atMs: T0 });
  const record = { topic: 'rides.predictions', partition: 0, key: null, value: '{}', headers };
  await log.publisher().publish(Array.from({ length: times }, () => record));
}

function refuse({ topic, partition, offset, headers }: InboundRecord, stage: 'ingest' | 'scorer'): Promise<void> {
  const code = stage === 'ingest' ? 'SCHEMA_VIOLATION' : 'MODEL_FAILED';
  const letter = { stage, code, reason: 'why', topic, partition, offset, attempts: 0, key: null, value: null };
  const kept = stage === 'ingest' ? { headers } : {};
  const record = deadLetterRecord({ ...letter, ...kept, type: 'asked' }, 'rides.dlq', plan.topics.partitions);
  return log.publisher().publish([record]);
}

describe('runBench', () => {
  it('sends the file again and again at the rate, each event under an id of its own and stamped when it is due', async () => {
    const seen: (readonly [string, unknown])[] = [];
    void pipeline(async ({ value }, id) => {
      seen.push([id, (JSON.parse(String(value)) as { at: unknown }).at]);
      await predict(id);
    });
    const result = await bench([asked(1), { ...asked(2), type: 'paid' }]);
    expect(result).toMatchObject({ events: 10, requests: 5, answered: 5, lost: 0, doubled: 0, dead_letters: {} });
    expect(new Set(seen.map(([id]) => id)).size).toBe(10);
    const times = seen.map(([, at]) => Number(at)).toSorted((a, b) => a - b);
    expect(times.map((at) => at - (times[0] ?? 0))).toEqual([0, 100, 200, 300, 400, 500, 600, 700, 800, 900]);
    expect(result.sent_per_s).toBeGreaterThan(9);
  });

  it('takes other ids in another run', async () => {
    const runs: string[][] = [];
    for (let i = 0; i < 2; i++) {
      run.ended = false;
      const seen: string[] = [];
      runs.push(seen);
      const after = clock.now();
      void pipeline(async ({ timestamp }, id) => {
        if (timestamp < after) return;
        seen.push(id);
        await predict(id);
      });
      expect(await bench([asked(1)])).toMatchObject({ answered: 10 });
    }
    expect(new Set(runs.flat()).size).toBe(20);
  });

  it('does not hide a stall of the pipeline: who was due in it waited for its end', async () => {
    const held: string[] = [];
    void pipeline(async (_, id) => {
      held.push(id);
      if (clock.now() < T0 + 900) return;
      for (const one of held.splice(0)) await predict(one);
    });
    const { latency_ms } = await bench([asked(1)]);
    expect(latency_ms.max).toBeGreaterThanOrEqual(900);
    expect(latency_ms.p50).toBeGreaterThanOrEqual(400);
    expect(latency_ms.p50).toBeLessThan(700);
  });

  it('does not hide a stall of the log by asking later', async () => {
    void pipeline((_, id) => predict(id));
    const publisher = () => {
      const real = log.publisher();
      return Object.assign(Object.create(real) as typeof real, {
        close: () => real.close(),
        publish: async (records: Parameters<typeof real.publish>[0]) => {
          if (clock.now() < T0 + 2000) await clock.sleep(T0 + 2000 - clock.now());
          await real.publish(records);
        },
      });
    };
    const slow: Log = Object.assign(Object.create(log) as Log, {
      publisher,
      source: () => log.source(),
      admin: () => log.admin(),
    });
    const { latency_ms, answered } = await bench([asked(1)], { log: slow });
    expect(answered).toBe(10);
    expect(latency_ms.p50).toBeGreaterThanOrEqual(1500);
  });

  it('counts what is lost, doubled, and refused by whichever stage, of its own events alone', async () => {
    await predict('of-somebody-else', 2);
    const did: string[] = [];
    void pipeline(async (event, id) => {
      const number = did.push(id);
      if (number === 1) return;
      if (number === 2) return predict(id, 3);
      if (number === 3) return refuse(event, 'ingest');
      if (number === 4) return refuse(event, 'scorer');
      if (number === 5) await predict('of-somebody-else', 2);
      return predict(id);
    });
    expect(await bench([asked(1)])).toMatchObject({
      requests: 10,
      answered: 7,
      lost: 1,
      doubled: 2,
      dead_letters: { SCHEMA_VIOLATION: 1, MODEL_FAILED: 1 },
    });
  });

  it('does not count dead letters of others', async () => {
    await log.publisher().publish([{ topic: 'rides.events', partition: 0, key: null, value: '{}' }]);
    void pipeline(async (_, id) => (id === '' ? undefined : predict(id)));
    const running = bench([asked(1)]);
    await clock.sleep(500);
    const [other] = await read('rides.events', [0]);
    await refuse(other as InboundRecord, 'scorer');
    expect((await running).dead_letters).toEqual({});
  });

  it('goes on waiting while answers come, however far the pipeline is behind', async () => {
    void pipeline(async (_, id) => {
      await clock.sleep(GRACE_MS / 2);
      await predict(id);
    });
    const result = await bench([asked(1)]);
    expect([result.lost, result.answered]).toEqual([0, 10]);
    expect(result.answered_per_s).toBeLessThan(3);
  });

  it('ends the sending when it is stopped, and still counts the answers', async () => {
    const stop = new AbortController();
    void pipeline(async (_, id) => {
      stop.abort();
      await predict(id);
    });
    const result = await bench([asked(1)], { signal: stop.signal, durationMs: 1e9 });
    expect(result.events).toBeLessThan(10);
    expect([result.answered, result.lost]).toEqual([result.events, 0]);
  });

  it('asks nothing where nobody would answer, and says who is missing', async () => {
    await join(['ingest', 'scorer']);
    const events = async function* () {
      yield asked(1);
    };
    const signal = new AbortController().signal;
    const running = runBench({ plan, log, clock, events, rate: 1, durationMs: 1, graceMs: 1, signal });
    await expect(running).rejects.toMatchObject({
      code: 'NOT_RUNNING',
      detail: expect.stringMatching(/group of feature \(/) as string,
    });
    expect(await log.source().bounds([{ topic: 'rides.events', partition: 0 }])).toEqual(
      new Map([['rides.events/0', expect.objectContaining({ lastStable: 0 }) as unknown]]),
    );
  });

  it.each([
    ['nothing that asks', [{ ...asked(1), type: 'paid' }], /none of the type asked/],
    ['a type that the pipeline does not know', [asked(1), { ...asked(2), type: 'nap' }], /line 2: found the type nap/],
  ])('refuses a file with %s', async (_, events, message) => {
    await expect(bench(events)).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      detail: expect.stringMatching(message) as string,
    });
  });
});
