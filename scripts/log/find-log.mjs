import { dockerLog } from './docker.mjs';
import { externalLog } from './external.mjs';
import { jarsLog } from './jars.mjs';

const WAYS = {
  external: {
    name: 'KAFKA_BROKERS',
    start: externalLog,
    needs: 'set KAFKA_BROKERS to a running Kafka (host:port,host:port)',
  },
  docker: {
    name: 'Kafka in Docker',
    start: dockerLog,
    needs: 'start a Docker engine that can pull apache/kafka:4.3.1',
  },
  jars: { name: "Kafka's jars", start: jarsLog, needs: 'install Java 17 or newer, and Maven' },
};

/**
 * Finds a Kafka to run on: the first of `kinds` (in their order) that can be had, or the one that `choice` names.
 * `say` gets one line for each way that cannot be had. Returns `{ kind, brokers, stop() }`.
 *
 * @throws Error that lists every way and what it needs, when none can be had
 */
export async function findLog({ kinds = ['external', 'docker', 'jars'], choice, say = () => {} } = {}) {
  if (choice !== undefined && !kinds.includes(choice))
    throw new Error(`--kafka ${choice}: allowed are ${kinds.join(', ')}`);
  const failures = [];
  for (const kind of choice === undefined ? kinds : [choice]) {
    const way = WAYS[kind];
    try {
      return await way.start({ say });
    } catch (error) {
      const reason = `${way.name}: ${firstLine(error)}`;
      failures.push({ way, reason });
      say(reason);
    }
  }
  throw new Error(noneFound(failures));
}

function noneFound(failures) {
  const lines = failures.map(({ way, reason }) => `  ${reason}\n    to use it: ${way.needs}`);
  return `No Kafka to run on. One of these is needed:\n${lines.join('\n')}`;
}

function firstLine(error) {
  return String(error.message).split('\n', 1)[0];
}
