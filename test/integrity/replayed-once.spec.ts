import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';

import { runProgram, type CliContext } from '@millrace/cli';
import { SystemClock } from '@millrace/core';
import type { KafkaLog } from '@millrace/kafka';
import { loadPlan, type Plan } from '@millrace/pipeline';
import { deadLetterRecord, headerText, partitionKey } from '@millrace/records';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { brokers, readCommitted, testLog } from './test-log.ts';

const PIPELINE = fileURLToPath(new URL('../../examples/flights/pipeline.yaml', import.meta.url));
const EVENTS = 5000;

interface Ended {
  readonly code: number;
  readonly err: string;
}

describe('dead letters that several replay at the same time', () => {
  let log: KafkaLog;
  let plan: Plan;
  let topics: readonly string[];

  beforeAll(async () => {
    log = testLog();
    plan = await scratchPlan();
    const { events, dlq, control } = plan.names;
    topics = [events, dlq, control];
    await log.admin().create(topics.map((topic) => ({ topic, partitions: 1, replication: null, config: {} })));
    const publisher = log.publisher();
    const offsets = Array.from({ length: EVENTS }, (_, offset) => offset);
    await publisher.publish(offsets.map((n) => ({ topic: events, partition: 0, key: null, value: `event ${n}` })));
    const letter = { stage: 'scorer', code: 'MODEL_FAILED', reason: '', topic: events, partition: 0, attempts: 0 };
    await publisher.publish(
      offsets.map((offset) => deadLetterRecord({ ...letter, offset, key: null, value: null }, dlq, 1)),
    );
  });

  afterAll(async () => {
    await log.admin().delete(topics);
    await log.close();
  });

  async function scratchPlan(): Promise<Plan> {
    const loaded = await loadPlan(PIPELINE);
    const name = `p-${randomUUID()}`;
    const [events, dlq, control] = ['events', 'dlq', 'control'].map((topic) => `${name}.${topic}`) as [
      string,
      string,
      string,
    ];
    return { ...loaded, name, names: { ...loaded.names, events, dlq, control } };
  }

  async function replay(): Promise<Ended> {
    let err = '';
    const context: CliContext = {
      stdout: { write: () => undefined, isTerminal: false },
      stderr: { write: (text) => void (err += text), isTerminal: true },
      clock: new SystemClock(),
      signal: new AbortController().signal,
      environment: () => ({ KAFKA_BROKERS: brokers().join(',') }),
      loadPlan: async () => plan,
    };
    return { code: await runProgram(['dlq', 'replay'], context), err };
  }

  const at = () => ({ topic: plan.names.events, partition: 0 });

  /** Returns when something more of the events' topic can be read. */
  async function moved(): Promise<void> {
    const source = log.source();
    const end = async () => (await source.bounds([at()])).get(partitionKey(at()))?.lastStable;
    const before = await end();
    await expect.poll(end, { timeout: 60_000, interval: 1 }).not.toBe(before);
    await source.close();
  }

  it('come back once each, in order, and whoever is overtaken says so', async () => {
    const first = replay();
    await moved();
    const second = replay();
    const third = replay();
    const ended = await Promise.all([first, second, third]);
    for (const { code, err } of ended) if (code !== 0) expect(err).toContain('another millrace dlq replay');
    expect(ended.map(({ err }) => err).join('')).toMatch(new RegExp(`500 of ${EVENTS} events replayed`));
    expect((await replay()).code).toBe(0);
    const sent = (await readCommitted(log, at())).slice(EVENTS);
    expect(sent.map(({ headers }) => headerText(headers, 'millrace-replay-of'))).toEqual(
      Array.from({ length: EVENTS }, (_, offset) => `${plan.names.events}/0@${offset}`),
    );
  });
});
