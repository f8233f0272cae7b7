import { spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePorts } from './free-ports.mjs';
import { untilKafkaAnswers } from './kafka-answers.mjs';
import { run } from './run.mjs';
import { SINGLE_BROKER } from './settings.mjs';

const HERE = dirname(fileURLToPath(import.meta.url));
const HOME = join(HERE, '..', '..', '.kafka');
const LIBS = join(HOME, 'libs');
/** Any 16 bytes in base64url; one cluster per folder, so it need not differ. */
const CLUSTER_ID = 'bWlsbHJhY2UtbWlsbHJhYw';

/** A broker from Kafka's jars, in a folder of its own that goes with it. */
export async function jarsLog({ say = () => undefined } = {}) {
  await assertJava();
  await fetchJars(say);
  const folder = await mkdtemp(join(tmpdir(), 'millrace-kafka-'));
  try {
    return await startBroker(folder);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

async function assertJava() {
  const output = await run('java', ['-version']).catch(() => {
    throw new Error('there is no java (17 or newer is needed)');
  });
  const major = Number(/version "(\d+)/.exec(output)?.[1] ?? 0);
  if (major < 17) throw new Error(`java is version ${major}, 17 or newer is needed`);
}

async function fetchJars(say) {
  const present = await readdir(LIBS).catch(() => []);
  if (present.length > 0) return;
  await run('mvn', ['-version']).catch(() => {
    throw new Error("there is no mvn to fetch Kafka's jars with");
  });
  say("fetching Kafka's jars with Maven (once, 54 MB)");
  const staging = `${LIBS}.${process.pid}`;
  const pom = join(`${staging}.pom`, 'pom.xml');
  await mkdir(dirname(pom), { recursive: true });
  await cp(join(HERE, 'pom.xml'), pom);
  try {
    await run('mvn', ['-q', '-B', '-f', pom, 'dependency:copy-dependencies', `-DoutputDirectory=${staging}`]);
    await rename(staging, LIBS).catch(async () => rm(staging, { recursive: true, force: true }));
  } finally {
    await rm(dirname(pom), { recursive: true, force: true });
  }
}

async function startBroker(folder) {
  const [port, controller] = await freePorts(2);
  const settings = {
    'process.roles': 'broker,controller',
    'node.id': '1',
    'controller.quorum.voters': `1@127.0.0.1:${controller}`,
    'controller.listener.names': 'CONTROLLER',
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controller}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}`,
    'log.dirs': join(folder, 'data'),
    ...SINGLE_BROKER,
  };
  const file = join(folder, 'server.properties');
  await writeFile(file, Object.entries(settings).map(([key, value]) => `${key}=${value}\n`).join(''));
  await run('java', ['-Xmx128m', ...javaArgs(), 'kafka.tools.StorageTool', 'format', '-t', CLUSTER_ID, '-c', file]);
  const guard = spawn(process.execPath, [join(HERE, 'guard.mjs'), folder, 'java', '-Xmx768m', '-Xms256m', ...javaArgs(), 'kafka.Kafka', file], {
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  });
  let output = '';
  const keep = (chunk) => {
    output = (output + chunk).slice(-4000);
  };
  guard.stdout.on('data', keep);
  guard.stderr.on('data', keep);
  const ended = new Promise((resolve) => guard.once('close', resolve));
  const stop = async () => {
    guard.ref();
    guard.stdin.end();
    await ended;
  };
  try {
    await untilKafkaAnswers('127.0.0.1', port, { gone: () => (guard.exitCode === null ? null : `Kafka ended: ${output.trim().split('\n').at(-1)}`) });
  } catch (error) {
    await stop();
    throw error;
  }
  guard.unref();
  for (const stream of [guard.stdin, guard.stdout, guard.stderr]) stream.unref?.();
  return { kind: 'jars', brokers: `127.0.0.1:${port}`, stop };
}

function javaArgs() {
  return ['-Dorg.slf4j.simpleLogger.defaultLogLevel=error', '-cp', `${LIBS}/*`];
}
