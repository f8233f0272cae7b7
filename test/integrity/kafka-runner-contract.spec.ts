import { SystemClock } from '@millrace/core';
import { KafkaLog } from '@millrace/kafka';
import { runnerContract } from '@millrace/stream/testing';
import { inject } from 'vitest';

runnerContract(
  'Kafka',
  async () => new KafkaLog({ brokers: inject('brokers').split(','), clientId: 'contract', clock: new SystemClock() }),
);
