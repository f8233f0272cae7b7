import type { KafkaLog } from '@millrace/kafka';
import kafkajs from 'kafkajs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { brokers, testLog } from './test-log.ts';
import { TotalsRunners } from './totals-runner.ts';

describe('a group whose committed offsets the broker has forgotten', () => {
  let log: KafkaLog;
  let totals: TotalsRunners;

  beforeEach(async () => {
    log = testLog();
    totals = await TotalsRunners.on(log);
    const first = totals.start();
    await totals.publish('a');
    await expect.poll(() => totals.totals(), { timeout: 20_000 }).toEqual(['a=1', 'a=1']);
    await first.runner.stop();
    await forgetOffsets(totals.groupId);
  });

  afterEach(async () => {
    await totals.close();
    await log.close();
  });

  it('stops and says so; it never starts over by itself', async () => {
    const { ended } = totals.start();
    expect(await ended).toMatchObject({ code: 'OFFSETS_LOST', detail: expect.stringContaining('--from') });
    expect(await totals.totals()).toEqual(['a=1', 'a=1']);
  });

  it('goes on where somebody says', async () => {
    totals.start({ from: 'latest' });
    await expect
      .poll(
        async () => {
          await totals.publish('b');
          return (await totals.totals()).filter((line) => line === 'b=1').length;
        },
        { timeout: 20_000 },
      )
      .toBe(2);
    expect((await totals.totals()).filter((line) => line.startsWith('a='))).toEqual(['a=1', 'a=1']);
  });
});

async function forgetOffsets(groupId: string): Promise<void> {
  const admin = new kafkajs.Kafka({ brokers: [...brokers()], logLevel: kafkajs.logLevel.NOTHING }).admin();
  await admin.connect();
  await admin.deleteGroups([groupId]);
  await admin.disconnect();
}
