import { SystemClock } from '@millrace/core';
import type { OutboundRecord } from '@millrace/records';
import type { CommitPosition, TransactionalProducer } from '@millrace/stream';
import { describe, expect, it, onTestFinished } from 'vitest';

import { KafkaLog } from '../kafka-log.ts';
import { ANSWERS } from '../testing/scripted-answers.ts';
import { ScriptedBroker, type Api, type Script } from '../testing/scripted-broker.ts';
import { without } from '../testing/without.ts';

const RECORD: OutboundRecord = { topic: 't', partition: 0, key: null, value: 'v' };
const NOBODY = { groupId: 'g', generation: -1, memberId: '', instanceId: null };
const ASKED_FOR_ONE: readonly Api[] = ['InitProducerId', 'AddPartitionsToTxn', 'Produce', 'EndTxn'];

const PASSING: [Api, number, string][] = [
  ['InitProducerId', 51, 'the one before it is just ending'],
  ['InitProducerId', 14, 'the coordinator is loading'],
  ['InitProducerId', 15, 'there is no coordinator yet'],
  ['InitProducerId', 16, 'the coordinator has moved'],
  ['AddPartitionsToTxn', 51, 'the one before it is just ending'],
  ['AddPartitionsToTxn', 3, 'the coordinator has not heard of the topic yet'],
  ['Produce', 19, 'too few replicas are in sync'],
  ['Produce', 20, 'too few replicas were in sync behind the append'],
  ['Produce', 6, 'the leader has moved'],
  ['Produce', 7, 'the replicas did not answer in time'],
  ['EndTxn', 51, 'its markers are being written'],
  ['EndTxn', 16, 'the coordinator has moved'],
];

type Codes = Partial<Record<Api, readonly (number | 'cut')[]>>;

/** Answers each request with the next of its codes, and with none when they are used up. */
function scripted(codes: Codes): Script {
  const left = new Map(Object.entries(codes).map(([api, own]) => [api, [...own]]));
  return (api) => {
    const code = left.get(api)?.shift() ?? 0;
    if (code === 'cut') return code;
    if (api === 'InitProducerId') return ANSWERS.initProducerId(code);
    if (api === 'AddPartitionsToTxn') return ANSWERS.addPartitions(code);
    if (api === 'AddOffsetsToTxn') return ANSWERS.addOffsets(code);
    return api === 'Produce' ? ANSWERS.produce(code) : ANSWERS.endTransaction(code);
  };
}

async function open(codes: Codes): Promise<{ broker: ScriptedBroker; producer: TransactionalProducer }> {
  const broker = await ScriptedBroker.listen(scripted(codes));
  const log = new KafkaLog({ brokers: [broker.address], clientId: 'test', clock: new SystemClock() });
  onTestFinished(async () => {
    await log.close();
    broker.close();
  });
  return { broker, producer: log.transactionalProducer({ transactionalId: 'x', timeoutMs: 3000 }) };
}

/** One transaction: what it was refused with, if it was, and what the broker was asked. */
async function transact(
  codes: Codes,
  positions: readonly CommitPosition[] = [],
): Promise<{ failure: string | null; asked: readonly Api[] }> {
  const { broker, producer } = await open(codes);
  const failure = await producer
    .init()
    .then(() => producer.commit([RECORD], positions, NOBODY))
    .then(
      () => null,
      (error: { code: string }) => error.code,
    );
  return { failure, asked: broker.asked };
}

describe('a transaction', () => {
  it('takes four requests', async () => {
    expect(await transact({})).toEqual({ failure: null, asked: ASKED_FOR_ONE });
  });

  it.each(PASSING)('asks again when %s is answered by %i: %s', async (api, code) => {
    const { failure, asked } = await transact({ [api]: [code, code] });
    expect(failure).toBeNull();
    expect(asked).toEqual(ASKED_FOR_ONE.flatMap((one) => (one === api ? [one, one, one] : [one])));
  });

  it('fails at once without asking again', async () => {
    const { failure } = await without('transaction-retries', () => transact({ AddPartitionsToTxn: [51] }));
    expect(failure).toBe('LOG_UNAVAILABLE');
    const moved = await without('leader-retries', () => transact({ Produce: [6] }));
    expect(moved.failure).toBe('LOG_UNAVAILABLE');
  });

  it.each([
    ['a record that the broker refuses', 10, 'RECORD_REFUSED'],
    ['a broker that can only abort it (TRANSACTION_ABORTABLE)', 120, 'LOG_UNAVAILABLE'],
    ['a request that makes no sense', 42, 'LOG_REFUSES'],
  ])('is aborted after %s', async (_, code, expected) => {
    expect(await transact({ Produce: [code] })).toEqual({ failure: expected, asked: ASKED_FOR_ONE });
  });

  it.each([47, 90])('is left alone when its producer is fenced (%i)', async (code) => {
    const { failure, asked } = await transact({ Produce: [code] });
    expect(failure).toBe('PRODUCER_FENCED');
    expect(asked).not.toContain('EndTxn');
  });

  it.each([
    ['that it was fenced', 47, 'PRODUCER_FENCED'],
    ['that it has committed', 0, null],
    ['still nothing', -1, 'LOG_UNAVAILABLE'],
  ])('asks once more how it ended where the broker does not know, which then says %s', async (_, code, expected) => {
    const { failure, asked } = await transact({ EndTxn: [-1, code] });
    expect(failure).toBe(expected);
    expect(asked.filter((api) => api === 'EndTxn')).toHaveLength(2);
  });

  it('is left to whoever takes the id next while a request of it may still arrive', async () => {
    const { failure, asked } = await transact({ Produce: ['cut'] });
    expect(failure).toBe('LOG_UNAVAILABLE');
    expect(asked).not.toContain('EndTxn');
  });

  it('sends no position beside records that are under way, whose brokers would ask about both at once', async () => {
    const { asked } = await transact({ Produce: ['cut'] }, [{ topic: 'in', partition: 0, offset: 1, metadata: '' }]);
    expect(asked).toContain('AddOffsetsToTxn');
    expect(asked).not.toContain('TxnOffsetCommit');
  });

  it('would be aborted behind the back of such a request', async () => {
    const { asked } = await without('unanswered-left', () => transact({ Produce: ['cut'] }));
    expect(asked).toContain('EndTxn');
  });
});
