import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import type { RestartableBroker } from '../../scripts/log/restartable-broker.mjs';
import { RestartableCluster } from '../../scripts/log/restartable-cluster.mjs';
import { NO_MISTAKES } from '../chaos/count-results.ts';
import { partitionStates, untilWhole } from '../chaos/partition-leaders.ts';
import { Scene } from '../chaos/scene.ts';
import { SteadyFeed } from '../chaos/steady-feed.ts';
import type { WorkerProcess } from '../chaos/worker-process.ts';

/** Leaders move when the others have not heard of a broker for so long; and stay where they are until the next fault. */
const SETTINGS = {
  'broker.session.timeout.ms': 3000,
  'broker.heartbeat.interval.ms': 500,
  'auto.leader.rebalance.enable': false,
  'transaction.state.log.num.partitions': 1,
};
const COORDINATES = { group: '__consumer_offsets', transactions: '__transaction_state' } as const;

/** Three brokers: what one of them led and coordinated, another takes over in the middle of everything. */
describe('when leaders and coordinators move under load', () => {
  let cluster: RestartableCluster;
  let scene: Scene;
  let feed: SteadyFeed;
  let workers: readonly [WorkerProcess, WorkerProcess];

  beforeAll(async () => {
    cluster = await RestartableCluster.start({ settings: SETTINGS });
  });

  afterAll(() => cluster?.remove());

  beforeEach(async () => {
    const worker = { transactionTimeoutMs: 60_000, dwellMs: 20, batchRecords: 50 };
    scene = await Scene.open({ brokers: cluster.brokers.split(','), partitions: 6, worker });
    feed = new SteadyFeed(scene.feed, 300);
    workers = [scene.start('a'), scene.start('b')];
    await scene.settled(workers);
  });

  afterEach(async () => {
    await feed.stop();
    await scene[Symbol.asyncDispose]();
  });

  /** The broker that coordinates it and leads some of the input and of the output. */
  const busiest = async (what: keyof typeof COORDINATES): Promise<RestartableBroker> => {
    const states = await partitionStates(cluster.brokers);
    const leader = states.find(({ topic }) => topic === COORDINATES[what])?.leader ?? -1;
    const led = new Set(states.filter((state) => state.leader === leader).map(({ topic }) => topic));
    expect([...led]).toEqual(expect.arrayContaining([scene.topics.input, scene.topics.output]));
    return cluster.nodes[leader - 1] as RestartableBroker;
  };

  /** While it is away, both workers commit. */
  const goOnWithout = async (node: RestartableBroker): Promise<void> => {
    await Promise.all(workers.map((worker) => worker.next('committed')));
    await node.start();
    await untilWhole(cluster.brokers);
  };

  it('because the broker that has them is stopped in good order, nothing is lost or done twice', async () => {
    const node = await busiest('transactions');
    await node.stop();
    await goOnWithout(node);
    await feed.stop();
    expect(workers.map((worker) => worker.isRunning)).toEqual([true, true]);
    expect(await scene.count('leader and transaction coordinator stopped')).toMatchObject(NO_MISTAKES);
  });

  it('because the broker that has them is killed, nothing is lost or done twice', async () => {
    const node = await busiest('group');
    await node.kill();
    await goOnWithout(node);
    await feed.stop();
    expect(workers.map((worker) => worker.isRunning)).toEqual([true, true]);
    expect(await scene.count('leader and group coordinator killed')).toMatchObject(NO_MISTAKES);
  });
});
