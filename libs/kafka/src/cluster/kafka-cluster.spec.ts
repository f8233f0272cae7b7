import { createServer, type AddressInfo } from 'node:net';

import { SystemClock } from '@millrace/core';
import { describe, expect, it, onTestFinished } from 'vitest';

import { ScriptedBroker } from '../testing/scripted-broker.ts';
import { KafkaCluster } from './kafka-cluster.ts';

const broker = async (): Promise<ScriptedBroker> => {
  const listening = await ScriptedBroker.listen(() => 'cut');
  onTestFinished(() => listening.close());
  return listening;
};

/** Takes connections and answers nothing, as a broker that is just going down. */
async function mute(): Promise<string> {
  const server = createServer((socket) => socket.once('data', () => socket.destroy()));
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(() => void server.close());
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function clusterAt(...brokers: string[]): KafkaCluster {
  const cluster = new KafkaCluster({ brokers, clientId: 'test', clock: new SystemClock() }, { made: true });
  onTestFinished(() => cluster.close());
  return cluster;
}

describe('what any broker can answer', () => {
  it('is answered by the next one where one takes the request and goes away', async () => {
    const cluster = clusterAt(await mute(), await mute(), (await broker()).address);
    expect((await cluster.describe(['t'])).topics[0]?.leaders).toHaveLength(4);
  });

  it('is answered by another one when the one that answered until now is gone', async () => {
    const [first, second] = [await broker(), await broker()];
    const cluster = clusterAt(first.address, second.address);
    await cluster.describe([]);
    first.close();
    const { nodes } = await cluster.describe([]);
    expect(nodes.map(({ port }) => `127.0.0.1:${port}`)).toEqual([second.address]);
  });

  it('is not there when none of them answers', async () => {
    const cluster = clusterAt(await mute(), await mute());
    await expect(cluster.describe([])).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' });
  });
});
