import type { KafkaLog } from '@millrace/kafka';
import { TotalsStage } from '@millrace/stream/testing';
import kafkajs from 'kafkajs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { brokers, testLog } from './test-log.ts';
import { TotalsRunners } from './totals-runner.ts';

describe('a topic that has got more partitions', () => {
  let log: KafkaLog;
  let totals: TotalsRunners;

  beforeEach(async () => {
    log = testLog();
    totals = await TotalsRunners.on(log);
    const first = totals.start();
    await totals.publish('a');
    await expect.poll(() => totals.totals(), { timeout: 20_000 }).toEqual(['a=1', 'a=1']);
    await first.runner.stop();
    await grow(totals.input, 3);
    await grow(totals.output, 3);
  });

  afterEach(async () => {
    await totals.close();
    await log.close();
  });

  it('stops a stage whose keys would lie elsewhere', async () => {
    const { ended } = totals.start();
    expect(await ended).toMatchObject({
      code: 'PARTITIONS_CHANGED',
      detail: expect.stringMatching(/had 2 partitions .* has 3 now/),
    });
  });

  it('is read to the last partition by a stage whose keys it does not hold', async () => {
    const stage = Object.assign(new TotalsStage(totals.input, totals.output), { growing: [totals.input] });
    const { runner } = totals.start({ stage });
    await expect.poll(() => runner.status().assigned, { timeout: 20_000 }).toBe(3);
    await totals.publish('a', 3);
    await expect.poll(() => totals.totals(3), { timeout: 20_000 }).toEqual(['a=1', 'a=2', 'a=1', 'a=2', 'a=1']);
  });
});

async function grow(topic: string, count: number): Promise<void> {
  const admin = new kafkajs.Kafka({ brokers: [...brokers()], logLevel: kafkajs.logLevel.NOTHING }).admin();
  await admin.connect();
  await admin.createPartitions({ topicPartitions: [{ topic, count }] });
  await admin.disconnect();
}
