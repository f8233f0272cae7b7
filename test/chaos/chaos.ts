/** `npm run chaos -- --minutes N --seed S`: hurts instances and broker as the seed says, under load, and counts. Exit 1 on any mistake. */
import { parseArgs } from 'node:util';

import { RestartableBroker } from '../../scripts/log/restartable-broker.mjs';
import { NO_MISTAKES, type Mistakes } from './count-results.ts';
import { scheduleFaults } from './fault-schedule.ts';
import { inflict, pass, type Surroundings } from './inflict.ts';
import { KafkaProxy } from './kafka-proxy.ts';
import { Scene } from './scene.ts';
import { settled } from './settled.ts';
import { SteadyFeed } from './steady-feed.ts';
import { SupervisedInstances } from './supervised-instances.ts';

const INSTANCES = 3;
const PARTITIONS = 6;
const DRAIN_LIMIT_MS = 300_000;
const SETTLE_LIMIT_MS = 90_000;
/** The transaction timeout is above every pause, or the broker's own time-out would hide what the engine fails to do. */
const WORKER = { sessionTimeoutMs: 3000, transactionTimeoutMs: 120_000, batchRecords: 50, dwellMs: 100 };

const { values: flags } = parseArgs({
  options: {
    minutes: { type: 'string', default: '5' },
    seed: { type: 'string', default: '1' },
    rate: { type: 'string', default: '300' },
  },
});
const [minutes, seed, rate] = [Number(flags.minutes), Number(flags.seed), Number(flags.rate)];
const startedAt = performance.now();
const elapsedMs = (): number => performance.now() - startedAt;
const say = (line: string): void => console.log(`${(elapsedMs() / 1000).toFixed(1).padStart(7)} ${line}`);

async function hurt(on: Surroundings): Promise<void> {
  const faults = scheduleFaults(seed, minutes, INSTANCES);
  const beganAt = elapsedMs();
  for (const fault of faults) {
    await settled(() => on.instances.all, PARTITIONS, SETTLE_LIMIT_MS);
    await pass(Math.max(0, beganAt + fault.atMs - elapsedMs()));
    if (elapsedMs() - beganAt > minutes * 60_000) break;
    say(`${fault.kind} (instance ${fault.victim}, ${fault.moment}, ${fault.forMs} ms)`);
    await inflict(fault, on);
  }
}

const broker = await RestartableBroker.start({ say });
try {
  await using proxy = await KafkaProxy.listen(broker.proxyPort, broker.behindProxy);
  await using scene = await Scene.open({
    brokers: [broker.brokers],
    workersAt: [proxy.address],
    partitions: PARTITIONS,
    worker: WORKER,
  });
  const feed = new SteadyFeed(scene.feed, rate);
  const instances = new SupervisedInstances(scene, INSTANCES, say);
  await hurt({ broker, proxy, scene, instances });
  say('faults are over, draining');
  await feed.stop();
  await scene.drained(DRAIN_LIMIT_MS);
  instances.release();
  const tally = await scene.count(`chaos of ${minutes} minutes, seed ${seed}`);
  const mistakes = Object.keys(NO_MISTAKES) as (keyof Mistakes)[];
  process.exitCode = mistakes.every((mistake) => tally[mistake] === 0) ? 0 : 1;
} finally {
  await broker.remove();
}
