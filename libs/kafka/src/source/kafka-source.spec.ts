import { SystemClock } from '@millrace/core';
import { describe, expect, it, onTestFinished } from 'vitest';

import { KafkaLog } from '../kafka-log.ts';
import { ANSWERS } from '../testing/scripted-answers.ts';
import { ScriptedBroker } from '../testing/scripted-broker.ts';

const NOT_LEADER = 6;
const AT = { topic: 't', partition: 0 };
const HASTE = 5;

/** So many times as fast: nobody waits ten seconds for a test. */
class HastyClock extends SystemClock {
  override elapsed(): number {
    return super.elapsed() * HASTE;
  }

  override sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return super.sleep(ms / HASTE, signal);
  }
}

/** The ends of a partition whose leader does not know for so long that it leads. */
async function ends(movingMs: number): Promise<unknown> {
  const clock = new HastyClock();
  const startedAt = clock.elapsed();
  const broker = await ScriptedBroker.listen(() =>
    ANSWERS.listOffsets(clock.elapsed() - startedAt < movingMs ? NOT_LEADER : 0, 7),
  );
  const log = new KafkaLog({ brokers: [broker.address], clientId: 'test', clock });
  onTestFinished(async () => {
    await log.close();
    broker.close();
  });
  return log.source().bounds([AT]);
}

describe('the ends of a partition', () => {
  it('are asked for until its leader knows that it leads, which a busy broker takes seconds for', async () => {
    expect(await ends(2500)).toEqual(new Map([['t/0', { first: 7, lastStable: 7 }]]));
  });

  it('are given up where that takes too long', async () => {
    await expect(ends(Infinity)).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' });
  });
});
