import { SystemClock } from '@millrace/core';
import { KafkaLog } from '@millrace/kafka';
import { INFERENCE_PROTO } from '@millrace/open-inference';
import { loadPlan, type Plan } from '@millrace/pipeline';
import { GrpcClient, grpcStatus, type GrpcRefusal } from '@millrace/platform/testing';
import { headerText } from '@millrace/records';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';

import { readCommitted } from '../integrity/test-log.ts';
import { askDoor } from './fuzz/ask-door.ts';
import { FuzzSource } from './fuzz/fuzz-source.ts';
import { CALLS, EVENTS, INGEST, REQUEST, SCORER } from './fuzz/fuzzed-doors.ts';
import { fuzzedRequest, type FuzzedRequest } from './fuzz/fuzzed-request.ts';
import { residentMb } from './fuzz/resident-memory.ts';
import { MillraceProcess } from './millrace-process.ts';
import { readTopic } from './read-topic.ts';
import { removeTopics } from './remove-topics.ts';
import { makeScratchPipeline, removeScratchPipeline, type ScratchPipeline } from './scratch-pipeline.ts';

/** At each door, and at the topic: 10,000 take minutes, and are for who asks for them. */
const COUNT = Number(process.env['MILLRACE_FUZZ'] ?? 400);
const SEED = Number(process.env['MILLRACE_FUZZ_SEED'] ?? 1);
const AT_ONCE = 8;
/** Every so many requests a good one. */
const GOOD_EVERY = 10;
/** A heap that is collected late, and what V8 compiles. */
const ROOM_MB = 200;

describe(`what is sent ${COUNT} times with something wrong in it (MILLRACE_FUZZ), from seed ${SEED}`, () => {
  const clock = new SystemClock();
  const good: string[] = [];
  const sizes: Record<string, readonly number[]> = {};
  let pipeline: ScratchPipeline;
  let plan: Plan;
  let log: KafkaLog;
  let millrace: MillraceProcess;

  beforeAll(async () => {
    pipeline = await makeScratchPipeline();
    plan = await loadPlan(pipeline.file);
    log = new KafkaLog({ brokers: inject('brokers').split(','), clientId: 'fuzz', clock });
    const env = { KAFKA_BROKERS: inject('brokers'), LOG_LEVEL: 'warn' };
    millrace = await MillraceProcess.up([pipeline.file, '--http', '0'], env);
  });

  afterAll(async () => {
    await millrace.stop();
    await log.close();
    await removeTopics(`${pipeline.name}.`);
    await removeScratchPipeline(pipeline);
    console.log(`memory before, after a fifth and at the end, MB: ${JSON.stringify(sizes)}`);
  });

  /** Several at once; what the services hold is looked at before, after a fifth of them and at the end. */
  async function inTurn(what: string, send: (i: number) => Promise<void>, atOnce = AT_ONCE): Promise<void> {
    const found = [await residentMb(millrace.pid)];
    let next = 0;
    const lane = async (most: number): Promise<void> => {
      while (next < most) await send(next++);
    };
    for (const most of [COUNT / 5, COUNT]) {
      await Promise.all(Array.from({ length: atOnce }, () => lane(most)));
      found.push(await residentMb(millrace.pid));
    }
    sizes[what] = found.map(Math.round);
    const [, early = 0, late = 0] = found;
    expect(late - early).toBeLessThan(ROOM_MB);
  }

  async function eventsWritten(): Promise<number> {
    const source = log.source();
    const topic = plan.names.events;
    const partitions = Array.from({ length: plan.topics.partitions }, (_, partition) => ({ topic, partition }));
    const bounds = [...(await source.bounds(partitions)).values()];
    await source.close();
    return bounds.reduce((sum, { lastStable }) => sum + lastStable, 0);
  }

  const goodRequest = (): object => {
    good.push(`good-${good.length}`);
    return { ...REQUEST, id: good.at(-1) };
  };
  const predictedIds = async (): Promise<ReadonlySet<string>> => {
    const { values } = await readTopic(inject('brokers'), plan.names.predictions);
    return new Set(values.map((value) => (JSON.parse(value) as { id: string }).id));
  };

  it('at the topic becomes a dead letter where it is no event, and its neighbours are answered', async () => {
    const source = new FuzzSource(SEED);
    const broken = new Set<string>();
    const offsets = Array.from({ length: plan.topics.partitions }, () => 0);
    const publisher = log.publisher();
    const publish = async (value: Buffer, partition: number, isBroken: boolean): Promise<void> => {
      if (isBroken) broken.add(`${partition}:${offsets[partition]}`);
      (offsets[partition] as number)++;
      await publisher.publish([{ topic: plan.names.events, partition, key: source.of([null, 'x']), value }]);
    };
    const send = async (i: number): Promise<void> => {
      const value = source.random() < 0.1 ? source.bytes(200) : source.json(source.of(EVENTS));
      await publish(value, source.below(offsets.length), isNoEvent(value));
      if (i % GOOD_EVERY === 0) await publish(Buffer.from(JSON.stringify(goodRequest())), i % offsets.length, false);
    };
    await inTurn('topic', send, 1); // where each record lies is counted
    for (const partition of offsets.keys()) await publish(Buffer.from(JSON.stringify(goodRequest())), partition, false);
    await publisher.close();
    await allAnswered();
    const letters = await readLetters();
    expect([...broken].filter((place) => !letters.has(place))).toEqual([]);
    expect(broken.size).toBeGreaterThan(COUNT / 10);
  });

  it('by HTTP at ingest is refused, or written whole, and good events among it are answered', async () => {
    const source = new FuzzSource(SEED + 1);
    const before = await eventsWritten();
    const faults: unknown[] = [];
    let accepted = 0;
    await inTurn('ingest', async (i) => {
      const isGood = i % GOOD_EVERY === 0;
      const made = isGood ? goodPost(goodRequest()) : fuzzedRequest(source, INGEST);
      const { status, body } = await askDoor(millrace.urls['ingest'] ?? '', made);
      if (status >= 500 || (isGood && status !== 202)) faults.push([status, made, String(body)]);
      if (status === 202 || status === 422)
        accepted += (JSON.parse(String(body)) as { accepted: readonly string[] }).accepted.length;
    });
    expect(faults).toEqual([]);
    expect((await eventsWritten()) - before).toBe(accepted);
    await allAnswered();
  });

  it('by HTTP at the scorer is refused or answered', async () => {
    const source = new FuzzSource(SEED + 2);
    const faults: unknown[] = [];
    await inTurn('scorer', async () => {
      const made = fuzzedRequest(source, SCORER);
      const { status, body } = await askDoor(millrace.urls['scorer'] ?? '', made);
      if (status >= 500) faults.push([status, made, String(body)]);
    });
    expect(faults).toEqual([]);
  });

  it('by gRPC at the scorer is refused or answered', async () => {
    const source = new FuzzSource(SEED + 3);
    const service = 'inference.GRPCInferenceService';
    using client = new GrpcClient(`grpc://${millrace.grpcHost}`, INFERENCE_PROTO, service);
    const faults: unknown[] = [];
    let refused = 0;
    await inTurn('grpc', async () => {
      const [method, message] = source.of(CALLS);
      let bytes = client.bytesOf(method, message);
      for (let times = source.below(4); times >= 0; times--) bytes = source.mangled(bytes);
      try {
        await client.call(method, bytes, { deadlineMs: 20_000 });
      } catch (error) {
        refused++;
        const { code, details } = error as GrpcRefusal;
        if (OF_THE_SERVER.has(code)) faults.push([method, code, details, bytes.toString('base64')]);
      }
    });
    expect(faults).toEqual([]);
    expect(refused).toBeGreaterThan(COUNT / 10);
  });

  it('leaves the services running, and ready', async () => {
    for (const [service, url] of Object.entries(millrace.urls))
      expect([service, (await fetch(`${url}/health/ready`)).status]).toEqual([service, 200]);
    expect(millrace.said).not.toMatch(/"level":"(error|fatal)"/);
  });

  /** Every good request so far has its prediction: nothing before it, in its partition, holds anything up. */
  async function allAnswered(): Promise<void> {
    const missing = async (): Promise<readonly string[]> => {
      const ids = await predictedIds();
      return good.filter((id) => !ids.has(id));
    };
    await expect.poll(missing, { timeout: 120_000 }).toEqual([]);
  }

  /** Of all dead letters, the place of the event: `partition:offset`. */
  async function readLetters(): Promise<ReadonlySet<string>> {
    const partitions = Array.from({ length: plan.topics.partitions }, (_, partition) => partition);
    const read = partitions.map((partition) => readCommitted(log, { topic: plan.names.dlq, partition }));
    return new Set(
      (await Promise.all(read))
        .flat()
        .map(({ headers }) => ['partition', 'offset'].map((name) => headerText(headers, `millrace-${name}`)).join(':')),
    );
  }
});

const OF_THE_SERVER = new Set<number>([
  grpcStatus.UNKNOWN,
  grpcStatus.INTERNAL,
  grpcStatus.UNAVAILABLE,
  grpcStatus.DATA_LOSS,
  grpcStatus.DEADLINE_EXCEEDED,
]);

/** Whatever the schemas say. */
function isNoEvent(value: Buffer): boolean {
  try {
    const parsed = JSON.parse(value.toString('utf8')) as { readonly type?: unknown } | null;
    return typeof parsed !== 'object' || parsed === null || parsed.type !== REQUEST.type;
  } catch {
    return true;
  }
}

function goodPost(event: object): FuzzedRequest {
  const headers = { 'content-type': 'application/json' };
  return { method: 'POST', path: '/v1/events', headers, body: Buffer.from(JSON.stringify(event)) };
}
