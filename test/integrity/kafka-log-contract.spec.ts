import { SystemClock } from '@millrace/core';
import { KafkaLog } from '@millrace/kafka';
import { logContract } from '@millrace/stream/testing';
import { inject } from 'vitest';

logContract(
  'Kafka',
  async () => new KafkaLog({ brokers: inject('brokers').split(','), clientId: 'contract', clock: new SystemClock() }),
);
