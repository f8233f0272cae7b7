import { dockerLog } from './docker.mjs';
import { externalLog } from './external.mjs';
import { jarsLog } from './jars.mjs';

const WAYS = { external: externalLog, docker: dockerLog, jars: jarsLog };

/**
 * The first log that can be had, in the order of `kinds`; with `choice` that one or an error. A way that cannot be had
 * is said in one line. `KAFKA_BROKERS`, where it is set, is a choice too: data never goes elsewhere unasked.
 *
 * @returns {Promise<{kind: string, brokers: string, stop: () => Promise<void>}>}
 */
export async function findLog({ kinds = ['external', 'docker', 'jars'], choice, say = () => undefined } = {}) {
  const only = choice ?? (process.env.KAFKA_BROKERS ? 'external' : undefined);
  if (only !== undefined && !(only in WAYS)) throw new Error(`there is no log "${only}"; choose one of ${Object.keys(WAYS).join(', ')}`);
  const reasons = [];
  for (const kind of only === undefined ? kinds.filter((kind) => kind !== 'external') : [only]) {
    try {
      return await WAYS[kind]({ say });
    } catch (error) {
      reasons.push(`${kind}: ${error.message}`);
      say(`no log by ${kind}: ${error.message}`);
    }
  }
  throw new Error(
    `no Kafka to run on (${reasons.join('; ')}). Set KAFKA_BROKERS, or start Docker, or install Java 17 or newer and Maven.`,
  );
}
