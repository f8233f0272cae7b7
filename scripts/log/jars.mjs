import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { freePorts } from './free-port.mjs';
import { keepBroker } from './keep-broker.mjs';
import { runCommand } from './run-command.mjs';

const POM = fileURLToPath(new URL('./pom.xml', import.meta.url));
const HOME = fileURLToPath(new URL('../../.kafka', import.meta.url));
const LIBS = join(HOME, 'libs');
const STAMP = join(LIBS, '.complete');
const LEAST_JAVA = 17;
const CLASS_PATH = ['-cp', join(LIBS, '*')];
const QUIET = '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn';
const FORMAT = [
  '-Xmx256m',
  '-XX:TieredStopAtLevel=1',
  QUIET,
  ...CLASS_PATH,
  'kafka.tools.StorageTool',
  'format',
  '-t',
  'bWlsbHJhY2UtYnJva2VyMA',
  '-c',
];
const BROKER = ['-Xms256m', '-Xmx768m', '-XX:+UseParallelGC', QUIET, ...CLASS_PATH, 'kafka.Kafka'];

/** A broker from Kafka's own jars: Java runs it, Maven fetches it once into `.kafka/libs`. */
export async function jarsLog({ say }) {
  const java = await findJava();
  await fetchJars(say);
  const [port, controllerPort] = await freePorts(2);
  const folder = await mkdtemp(join(tmpdir(), 'millrace-kafka-'));
  const settings = join(folder, 'server.properties');
  await writeFile(settings, serverProperties({ port, controllerPort, data: join(folder, 'data') }));
  const stop = await keepBroker({
    port,
    prepare: [java, ...FORMAT, settings],
    run: [java, ...BROKER, settings],
    cleanup: null,
    folder,
  });
  return { kind: 'jars', brokers: `127.0.0.1:${port}`, stop };
}

async function findJava() {
  const java = process.env.JAVA_HOME ? join(process.env.JAVA_HOME, 'bin', 'java') : 'java';
  const said = await runCommand(java, ['-version'], { timeoutMs: 20_000 });
  const major = Number(/version "(?:1\.)?(\d+)/.exec(said)?.[1] ?? 0);
  if (major < LEAST_JAVA)
    throw new Error(`Java ${major || 'of unknown version'} was found, Kafka needs Java ${LEAST_JAVA} or newer`);
  return java;
}

/** Into a folder of its own first, so that an interrupted or a second download never leaves half a Kafka behind. */
async function fetchJars(say) {
  const wanted = createHash('sha256').update(readFileSync(POM)).digest('hex');
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === wanted) return;
  say('fetching Kafka with Maven (once, 54 MB) …');
  const fresh = join(HOME, `libs-${process.pid}`);
  mkdirSync(fresh, { recursive: true });
  try {
    await runCommand('mvn', ['-q', '-B', '-f', POM, 'dependency:copy-dependencies', `-DoutputDirectory=${fresh}`], {
      timeoutMs: 900_000,
    });
    writeFileSync(join(fresh, '.complete'), wanted);
    rmSync(LIBS, { recursive: true, force: true });
    renameSync(fresh, LIBS);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

/** One node that is broker and controller. Internal topics of one small partition, so that it is up in seconds. */
function serverProperties({ port, controllerPort, data }) {
  return Object.entries({
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}`,
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    'log.dirs': data,
    'auto.create.topics.enable': false,
    'group.initial.rebalance.delay.ms': 0,
    'offsets.topic.num.partitions': 1,
    'offsets.topic.replication.factor': 1,
    'transaction.state.log.num.partitions': 2,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'transaction.abort.timed.out.transaction.cleanup.interval.ms': 1000,
    'log.cleaner.dedupe.buffer.size': 16 * 1024 * 1024,
    'log.segment.bytes': 256 * 1024 * 1024,
  })
    .map(([key, value]) => `${key}=${value}\n`)
    .join('');
}
