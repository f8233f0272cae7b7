import type { RestartableBroker } from '../../scripts/log/restartable-broker.mjs';
import type { Fault, FaultKind } from './fault-schedule.ts';
import { hurtInsideTransactions } from './hurt-inside-transactions.ts';
import type { KafkaProxy } from './kafka-proxy.ts';
import type { Scene } from './scene.ts';
import type { SupervisedInstances } from './supervised-instances.ts';

export interface Surroundings {
  readonly broker: RestartableBroker;
  readonly proxy: KafkaProxy;
  readonly scene: Scene;
  readonly instances: SupervisedInstances;
}

/** Lets a fault happen; resolves when its cause is over. */
export async function inflict(fault: Fault, on: Surroundings): Promise<void> {
  await INFLICT[fault.kind](fault, on);
}

const INFLICT: Readonly<Record<FaultKind, (fault: Fault, on: Surroundings) => Promise<void>>> = {
  async kill({ victim, moment }, { instances }) {
    const worker = instances.at(victim);
    await worker.next(moment);
    await worker.kill();
  },
  async freeze({ victim, moment, forMs }, { instances }) {
    const worker = instances.at(victim);
    await worker.next(moment);
    worker.freeze();
    await pass(forMs);
    worker.thaw();
  },
  async visit({ forMs }, { scene }) {
    const guest = scene.start('guest');
    await pass(forMs);
    await guest.terminate();
  },
  async 'broker-restart'({ forMs }, { broker, proxy, instances }) {
    await hurtInsideTransactions(proxy, instances.names, () => broker.stop());
    await pass(forMs);
    await broker.start();
  },
  async 'broker-gone'({ forMs }, { broker, proxy, instances }) {
    await hurtInsideTransactions(proxy, instances.names, () => broker.kill());
    await pass(forMs);
    await broker.start();
  },
};

export function pass(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
