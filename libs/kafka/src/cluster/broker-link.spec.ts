import { Socket } from 'node:net';

import { SystemClock } from '@millrace/core';
import { describe, expect, it, onTestFinished, vi } from 'vitest';

import { KafkaLog } from '../kafka-log.ts';
import { ANSWERS } from '../testing/scripted-answers.ts';
import { ScriptedBroker, type Script } from '../testing/scripted-broker.ts';

const RECORD = { topic: 't', partition: 0, key: null, value: 'v' };

async function publisherOn(script: Script) {
  const broker = await ScriptedBroker.listen(script);
  const log = new KafkaLog({ brokers: [broker.address], clientId: 'test', clock: new SystemClock() });
  onTestFinished(async () => {
    await log.close();
    broker.close();
  });
  return log.publisher();
}

describe('a connection', () => {
  it('sends nothing more for as long as the broker asks for in an answer (KIP-219)', async () => {
    const clock = new SystemClock();
    const producedAtMs: number[] = [];
    const publisher = await publisherOn((api) => {
      if (api !== 'Produce') return ANSWERS.initProducerId(0);
      producedAtMs.push(clock.elapsed());
      return ANSWERS.produce(0, 200);
    });
    await publisher.publish([RECORD]);
    await publisher.publish([RECORD]);
    const [first, second] = producedAtMs as [number, number];
    expect(second - first).toBeGreaterThan(190);
  });

  it('lets no request wait for the answer to one before it (Nagle’s algorithm is off)', async () => {
    const noDelay = vi.spyOn(Socket.prototype, 'setNoDelay');
    onTestFinished(() => noDelay.mockRestore());
    const publisher = await publisherOn((api) => (api === 'Produce' ? ANSWERS.produce(0) : ANSWERS.initProducerId(0)));
    await publisher.publish([RECORD]);
    expect(noDelay.mock.calls.length).toBeGreaterThan(0);
    expect(noDelay.mock.calls.every(([on]) => on === true)).toBe(true);
  });
});
