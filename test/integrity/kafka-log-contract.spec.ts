import { SystemClock } from '@millrace/core';
import { KafkaLog } from '@millrace/kafka';
import { OpenTransaction } from '@millrace/kafka/testing';
import { logContract, membershipContract, transactionContract } from '@millrace/stream/testing';
import { inject } from 'vitest';

const open = async (): Promise<KafkaLog> =>
  new KafkaLog({ brokers: inject('brokers').split(','), clientId: 'contract', clock: new SystemClock() });

logContract('Kafka', open);
membershipContract('Kafka', open);
transactionContract('Kafka', open, (id) => OpenTransaction.begin(inject('brokers').split(','), id));
