import type { RestartableBroker } from '../../scripts/log/restartable-broker.mjs';
import type { Fault, FaultKind } from './fault-schedule.ts';
import { hurtInsideTransactions } from './hurt-inside-transactions.ts';
import type { KafkaProxy } from './kafka-proxy.ts';
import type { Scene } from './scene.ts';
import type { SupervisedInstances } from './supervised-instances.ts';
import type { WorkerProcess } from './worker-process.ts';

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
  async kill(fault, on) {
    await hit(fault, on, (worker) => on.instances.kill(worker, fault.forMs));
  },
  async freeze(fault, on) {
    await hit(fault, on, async (worker) => {
      worker.freeze();
      await pass(fault.forMs);
      worker.thaw();
    });
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

/** Waits for the moment. An EndTxn that was on its way arrives after the fault. */
async function hit(
  { victim, moment }: Fault,
  { instances, proxy }: Surroundings,
  hurt: (worker: WorkerProcess) => Promise<void>,
): Promise<void> {
  const worker = instances.at(victim);
  if (moment !== 'ending') {
    await worker.next(moment);
    await hurt(worker);
    return;
  }
  const end = await proxy.hold({ api: 'EndTxn', clientId: worker.name });
  await hurt(worker);
  end.pass();
}

export function pass(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
