import { randomUUID } from 'node:crypto';
import { spawn } from 'node:child_process';
import { freePorts } from './free-ports.mjs';
import { untilKafkaAnswers } from './kafka-answers.mjs';
import { run } from './run.mjs';
import { SINGLE_BROKER } from './settings.mjs';

const IMAGE = 'apache/kafka:4.3.1';
const PULL_MS = 300_000;

/** A broker in a container that is removed with it. */
export async function dockerLog({ say = () => undefined } = {}) {
  await run('docker', ['version', '--format', '{{.Server.Version}}'], { timeoutMs: 5000 }).catch(() => {
    throw new Error('no Docker engine answers');
  });
  await haveImage(say);
  const [port] = await freePorts(1);
  const name = `millrace-kafka-${randomUUID().slice(0, 8)}`;
  const client = spawn('docker', ['run', '--rm', '-i', '--name', name, '-p', `127.0.0.1:${port}:9092`, ...environment(port), IMAGE], {
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  let problem = '';
  client.stderr.on('data', (chunk) => {
    problem = (problem + chunk).slice(-2000);
  });
  const ended = new Promise((resolve) => client.once('close', resolve));
  const stop = async () => {
    client.ref();
    await run('docker', ['rm', '-f', name], { timeoutMs: 30_000 }).catch(() => undefined);
    await ended;
  };
  try {
    await untilKafkaAnswers('127.0.0.1', port, { gone: () => (client.exitCode === null ? null : `docker run ended: ${problem.trim()}`) });
  } catch (error) {
    await stop();
    throw error;
  }
  process.once('exit', () => spawn('docker', ['rm', '-f', name], { stdio: 'ignore', detached: true }).unref());
  client.unref();
  client.stdin.unref?.();
  client.stderr.unref?.();
  return { kind: 'docker', brokers: `127.0.0.1:${port}`, stop };
}

async function haveImage(say) {
  const present = await run('docker', ['image', 'inspect', IMAGE], { timeoutMs: 10_000 }).then(
    () => true,
    () => false,
  );
  if (present) return;
  say(`pulling ${IMAGE} (once)`);
  await run('docker', ['pull', '-q', IMAGE], { timeoutMs: PULL_MS }).catch((error) => {
    throw new Error(`the image ${IMAGE} cannot be pulled (${error.message})`);
  });
}

/** Two listeners: a broker that reaches itself only through the mapped port fails every transaction. */
function environment(port) {
  const variables = {
    KAFKA_NODE_ID: '1',
    KAFKA_PROCESS_ROLES: 'broker,controller',
    KAFKA_LISTENERS: 'INSIDE://:29092,PLAINTEXT://:9092,CONTROLLER://:9093',
    KAFKA_ADVERTISED_LISTENERS: `INSIDE://localhost:29092,PLAINTEXT://127.0.0.1:${port}`,
    KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'INSIDE:PLAINTEXT,PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    KAFKA_INTER_BROKER_LISTENER_NAME: 'INSIDE',
    KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
    KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:9093',
    ...Object.fromEntries(Object.entries(SINGLE_BROKER).map(([key, value]) => [`KAFKA_${key.toUpperCase().replaceAll('.', '_')}`, value])),
  };
  return Object.entries(variables).flatMap(([key, value]) => ['-e', `${key}=${value}`]);
}
