import { SystemClock } from '@millrace/core';
import {
  logContract,
  membershipContract,
  runnerContract,
  transactionContract,
  type HeldTransaction,
} from '@millrace/stream/testing';

import { MemoryBroker } from './broker/memory-broker.ts';
import { MemoryLog } from './memory-log.ts';

let broker: MemoryBroker;

async function open(): Promise<MemoryLog> {
  const clock = new SystemClock();
  broker = new MemoryBroker({ clock });
  return new MemoryLog({ clock, broker });
}

/** A producer's requests, one by one. */
async function begin(transactionalId: string): Promise<HeldTransaction> {
  const producer = broker.transactions.init(transactionalId, 60_000);
  return {
    send: async (records) => {
      broker.addPartitions(producer, records);
      broker.produce(producer, records);
    },
    sendPositions: async (positions, group) => {
      broker.addOffsets(producer, group.groupId);
      broker.commitOffsets(producer, group, positions);
    },
    end: async (outcome) => broker.transactions.end(producer, outcome === 'commit'),
    close: () => undefined,
  };
}

logContract('the memory log', open);
membershipContract('the memory log', open);
transactionContract('the memory log', open, begin);
runnerContract('the memory log', open);
