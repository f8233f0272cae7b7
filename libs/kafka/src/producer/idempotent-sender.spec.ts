import { SystemClock } from '@millrace/core';
import { describe, expect, it, onTestFinished } from 'vitest';

import { KafkaCluster } from '../cluster/kafka-cluster.ts';
import { ANSWERS } from '../testing/scripted-answers.ts';
import { ScriptedBroker } from '../testing/scripted-broker.ts';
import { BATCH } from '../wire/record-batch-format.ts';
import type { WireReader } from '../wire/wire-reader.ts';
import { IdempotentSender } from './idempotent-sender.ts';

const record = (value: string) => ({ topic: 't', partition: 0, key: null, value });

/** The sequence number of the one batch of a Produce request. */
function firstSequence(body: WireReader): number {
  body.string(); // transactional id
  body.int16(); // acks
  body.int32(); // time-out
  const [batch] = body.array(() => {
    body.string();
    return body.array(() => [body.int32(), body.bytes()] as const);
  });
  const bytes = batch?.[0]?.[1];
  if (!bytes) throw new RangeError('a Produce without a batch');
  return bytes.readInt32BE(BATCH.firstSequence);
}

/** Answers one Produce after the other with these codes, and with none when they are used up. */
async function senderOn(codes: (number | 'cut')[]) {
  const sequences: number[] = [];
  const broker = await ScriptedBroker.listen((api, body) => {
    if (api !== 'Produce') return ANSWERS.initProducerId(0);
    sequences.push(firstSequence(body));
    const code = codes.shift() ?? 0;
    return code === 'cut' ? code : ANSWERS.produce(code);
  });
  const settings = { brokers: [broker.address], clientId: 'test', clock: new SystemClock() };
  const cluster = new KafkaCluster(settings, { made: true });
  onTestFinished(() => {
    cluster.close();
    broker.close();
  });
  return { sender: new IdempotentSender(settings, cluster), sequences, broker };
}

describe('what is sent without a transaction', () => {
  it('is repeated under the number that it had, and what follows has the next', async () => {
    const { sender, sequences } = await senderOn(['cut', 7, 6, 2, 20]);
    expect((await sender.send([record('a'), record('b')])).size).toBe(0);
    expect((await sender.send([record('c')])).size).toBe(0);
    expect(sequences).toEqual([0, 0, 0, 0, 0, 0, 2]);
  });

  it('is there where the broker knows it already', async () => {
    const { sender, sequences } = await senderOn(['cut', 46]);
    expect((await sender.send([record('a')])).size).toBe(0);
    await sender.send([record('b')]);
    expect(sequences).toEqual([0, 0, 1]);
  });

  it.each([45, 47, 59])('is given up where the broker has lost count (%i), and the next begins anew', async (code) => {
    const { sender, sequences, broker } = await senderOn([0, code]);
    await sender.send([record('a')]);
    expect([...(await sender.send([record('b')])).values()]).toHaveLength(1);
    expect((await sender.send([record('c')])).size).toBe(0);
    expect(sequences).toEqual([0, 1, 0]);
    expect(broker.asked.filter((api) => api === 'InitProducerId')).toHaveLength(2);
  });

  it('leaves no gap in the numbers where it is refused', async () => {
    const { sender, sequences } = await senderOn([0, 87]);
    await sender.send([record('a')]);
    const [refusal] = (await sender.send([record('b')])).values();
    expect(refusal).toMatchObject({ code: 'RECORD_REFUSED' });
    await sender.send([record('c')]);
    expect(sequences).toEqual([0, 1, 1]);
  });
});
