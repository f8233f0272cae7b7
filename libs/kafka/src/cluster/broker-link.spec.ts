import { Socket } from 'node:net';

import { SystemClock } from '@millrace/core';
import { describe, expect, it, onTestFinished, vi } from 'vitest';

import { KafkaLog } from '../kafka-log.ts';
import { ANSWERS } from '../testing/scripted-answers.ts';
import { ScriptedBroker, type Script } from '../testing/scripted-broker.ts';
import { BrokerLink } from './broker-link.ts';

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

  it('copies a request once, into a buffer of its size', async () => {
    const broker = await ScriptedBroker.listen(() => ANSWERS.heartbeat(0));
    const [host, port] = broker.address.split(':') as [string, string];
    const settings = { brokers: [broker.address], clientId: 'test', clock: new SystemClock() };
    const link = await BrokerLink.open({ host, port: Number(port) }, settings);
    onTestFinished(() => {
      link.close();
      broker.close();
    });
    const body = Buffer.alloc(3 << 20);
    const sizes: number[] = [];
    for (const name of ['alloc', 'allocUnsafe'] as const) {
      const allocate = Buffer[name].bind(Buffer);
      const spy = vi.spyOn(Buffer, name).mockImplementation((size: number) => {
        sizes.push(size);
        return allocate(size);
      });
      onTestFinished(() => spy.mockRestore());
    }
    await link.send({ api: 'Heartbeat', version: 3, encode: () => body, decode: () => null });
    const large = sizes.filter((size) => size >= body.length);
    expect(large).toEqual([body.length + 14 + 'test'.length]);
  });
});
