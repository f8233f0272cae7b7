import { SystemClock, type Clock } from '@millrace/core';
import type { RecordSource } from '@millrace/stream';
import { describe, expect, it, onTestFinished } from 'vitest';

import { KafkaLog } from '../kafka-log.ts';
import { OFFSET_AT } from '../requests/list-offsets.ts';
import { ANSWERS } from '../testing/scripted-answers.ts';
import { ScriptedBroker, type Script } from '../testing/scripted-broker.ts';
import type { WireReader } from '../wire/wire-reader.ts';

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

async function sourceOn(script: Script, clock: Clock): Promise<RecordSource> {
  const broker = await ScriptedBroker.listen(script);
  const log = new KafkaLog({ brokers: [broker.address], clientId: 'test', clock });
  onTestFinished(async () => {
    await log.close();
    broker.close();
  });
  return log.source();
}

/** The ends of a partition whose leader does not know for so long that it leads. */
async function ends(movingMs: number): Promise<unknown> {
  const clock = new HastyClock();
  const startedAt = clock.elapsed();
  const source = await sourceOn(
    () => ANSWERS.listOffsets(clock.elapsed() - startedAt < movingMs ? NOT_LEADER : 0, 7),
    clock,
  );
  return source.bounds([AT]);
}

describe('the ends of a partition', () => {
  it('are asked for until its leader knows that it leads, which a busy broker takes seconds for', async () => {
    expect(await ends(2500)).toEqual(new Map([['t/0', { first: 7, lastStable: 7 }]]));
  });

  it('are given up where that takes too long', async () => {
    await expect(ends(Infinity)).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' });
  });
});

/** The time that a request for offsets asks for, or the end of the log that it names in its place. */
function askedTime(request: WireReader): number {
  request.int32(); // replica
  request.int8(); // isolation
  const [time] = request.array(() => {
    request.string(); // topic
    return request.array(() => [request.int32(), request.int64()] as const)[0]?.[1];
  });
  return time ?? NaN;
}

describe('the first offset at a time', () => {
  it('is that of the record which is written while it is looked for', async () => {
    let records = 0;
    const grows: Script = (_, request) => {
      const length = records++;
      const found = length === 0 ? -1 : 0;
      return ANSWERS.listOffsets(0, askedTime(request) === OFFSET_AT.latest ? length : found);
    };
    const source = await sourceOn(grows, new SystemClock());
    expect(await source.offsetsAt([AT], 1000)).toEqual(new Map([['t/0', 0]]));
    expect(records).toBe(2);
  });
});
