import { createServer, type AddressInfo } from 'node:net';

import { SystemClock } from '@millrace/core';
import { describe, expect, it, onTestFinished } from 'vitest';

import { KafkaLog } from './kafka-log.ts';
import { API_KEYS } from './requests/request.ts';
import { ScriptedBroker } from './testing/scripted-broker.ts';
import { WireWriter } from './wire/wire-writer.ts';

const at = (...brokers: string[]): KafkaLog => new KafkaLog({ brokers, clientId: 'test', clock: new SystemClock() });

/** A port that nobody listens on. */
async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A broker that speaks all versions of every request up to this one. */
async function scripted(most: number): Promise<{ broker: ScriptedBroker; log: KafkaLog }> {
  const broker = await ScriptedBroker.listen(() => {
    const answer = new WireWriter().int16(0);
    return answer.array(Object.values(API_KEYS), (key) => answer.int16(key).int16(0).int16(most));
  });
  const log = at(broker.address);
  onTestFinished(async () => {
    await log.close();
    broker.close();
  });
  return { broker, log };
}

describe('a Kafka that is not there', () => {
  it('is said at the first contact, with the address and what to do, whatever is asked of it', async () => {
    const address = `127.0.0.1:${await closedPort()}`;
    const log = at(address);
    onTestFinished(() => log.close());
    const member = log.member({ groupId: 'g', inputs: [['t']], sessionTimeoutMs: 6000, onRebalance: () => undefined });
    const tries = [
      log.admin().list(),
      log.source().bounds([{ topic: 't', partition: 0 }]),
      log.publisher().publish([{ topic: 't', partition: 0, key: null, value: 'x' }]),
      log.transactionalProducer({ transactionalId: 'x', timeoutMs: 3000 }).init(),
      member.join(),
    ];
    for (const attempt of tries) {
      const failure = await attempt.then(
        () => null,
        (error: unknown) => error as { code: string; detail: string },
      );
      expect(failure?.code).toBe('LOG_UNREACHABLE');
      expect(failure?.detail).toContain(address);
      expect(failure?.detail).toContain('KAFKA_BROKERS');
    }
  });

  it('is said as well when something else answers at its address', async () => {
    const server = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const log = at(`127.0.0.1:${(server.address() as AddressInfo).port}`);
    onTestFinished(async () => {
      await log.close();
      server.close();
    });
    await expect(log.admin().list()).rejects.toMatchObject({
      code: 'LOG_UNREACHABLE',
      detail: expect.stringContaining('does not speak the Kafka protocol'),
    });
  });

  it('is told from one that is too old, which is asked nothing else', async () => {
    const { broker, log } = await scripted(5);
    expect((await log.admin().brokers()).unspoken).toContain('Metadata 8 (found 0 to 5)');
    expect(broker.asked).toEqual(['ApiVersions']);
  });

  it('is told from those that speak what is needed, each at the address that it has for itself', async () => {
    const { broker, log } = await scripted(99);
    expect(await log.admin().brokers()).toEqual({ unspoken: [], silent: [] });
    expect(broker.asked).toEqual(['ApiVersions', 'ApiVersions']);
  });

  it('is told from one of several that is down, which the others do without', async () => {
    const { broker, log } = await scripted(99);
    const down = await closedPort();
    broker.listed = [...broker.listed, down];
    expect(await log.admin().brokers()).toEqual({ unspoken: [], silent: [`127.0.0.1:${down}`] });
  });

  it('is told from one whose own address leads nowhere', async () => {
    const { broker, log } = await scripted(99);
    const nowhere = await closedPort();
    broker.listed = [nowhere];
    await expect(log.admin().brokers()).rejects.toMatchObject({ detail: expect.stringContaining(`:${nowhere}`) });
  });

  it('is no excuse for an address that is none', () => {
    expect(() => at('host:port')).toThrow(/"host:port"/);
  });

  it('is described for people', () => {
    expect(at('a:1', 'b:2').description).toBe('Kafka at a:1,b:2');
  });
});
