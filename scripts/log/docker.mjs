import { randomUUID } from 'node:crypto';

import { askEngine, pullImage } from './docker-engine.mjs';
import { freePorts } from './free-port.mjs';
import { keepBroker } from './keep-broker.mjs';

const IMAGE = 'apache/kafka:4.3.1';

/** A broker in a container that is removed when it stops. */
export async function dockerLog({ say }) {
  await askEngine();
  await pullImage(IMAGE, say);
  const [port] = await freePorts(1);
  const name = `millrace-kafka-${randomUUID().slice(0, 8)}`;
  const environment = Object.entries(brokerEnvironment(port)).flatMap(([key, value]) => ['-e', `${key}=${value}`]);
  const run = [
    'docker',
    'run',
    '--rm',
    '--name',
    name,
    '--label',
    'millrace.broker=true',
    '-p',
    `127.0.0.1:${port}:9092`,
    ...environment,
    IMAGE,
  ];
  const { stop } = await keepBroker({ port, prepare: null, run, cleanup: ['docker', 'rm', '-fv', name], folder: null });
  return { kind: 'docker', brokers: `127.0.0.1:${port}`, stop };
}

/**
 * What the image of Kafka wants in its environment, to be reached at `port` of this machine, and as `insideHost` by itself and
 * by other containers. Two listeners: the broker talks to itself by the inner one to verify transactions. With the mapped
 * port alone plain produce works and every transaction fails.
 */
export function brokerEnvironment(port, insideHost = 'localhost') {
  const settings = {
    NODE_ID: 1,
    PROCESS_ROLES: 'broker,controller',
    CONTROLLER_QUORUM_VOTERS: '1@localhost:9093',
    LISTENERS: 'INSIDE://:29092,PLAINTEXT://:9092,CONTROLLER://:9093',
    ADVERTISED_LISTENERS: `INSIDE://${insideHost}:29092,PLAINTEXT://127.0.0.1:${port}`,
    LISTENER_SECURITY_PROTOCOL_MAP: 'INSIDE:PLAINTEXT,PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    INTER_BROKER_LISTENER_NAME: 'INSIDE',
    CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
    AUTO_CREATE_TOPICS_ENABLE: 'false',
    CONTROLLED_SHUTDOWN_ENABLE: 'false', // see server-properties.mjs
    GROUP_INITIAL_REBALANCE_DELAY_MS: 0,
    OFFSETS_TOPIC_NUM_PARTITIONS: 1,
    OFFSETS_TOPIC_REPLICATION_FACTOR: 1,
    TRANSACTION_STATE_LOG_NUM_PARTITIONS: 2,
    TRANSACTION_STATE_LOG_REPLICATION_FACTOR: 1,
    TRANSACTION_STATE_LOG_MIN_ISR: 1,
    TRANSACTION_ABORT_TIMED_OUT_TRANSACTION_CLEANUP_INTERVAL_MS: 1000,
  };
  return Object.fromEntries(Object.entries(settings).map(([key, value]) => [`KAFKA_${key}`, String(value)]));
}
