import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

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
const HEAP = ['-Xms256m', '-Xmx768m', '-XX:+UseParallelGC'];
const BROKER = [QUIET, ...CLASS_PATH, 'kafka.Kafka'];

/**
 * Kafka's own jars: Java runs them, Maven fetches them once into `.kafka/libs`. Returns the command lines that format a
 * broker's folder and that run it, each made from the path of its settings. `heap`: Java's options for its memory.
 */
export async function kafkaJars({ say, heap = HEAP }) {
  const java = await findJava();
  await fetchJars(say);
  return {
    format: (settings) => [java, ...FORMAT, settings],
    run: (settings) => [java, ...heap, ...BROKER, settings],
  };
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
