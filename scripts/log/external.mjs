import { kafkaAnswers } from './kafka-answers.mjs';

/** The cluster that `KAFKA_BROKERS` names. */
export async function externalLog({ brokers = process.env.KAFKA_BROKERS } = {}) {
  if (!brokers) throw new Error('KAFKA_BROKERS is not set');
  const addresses = brokers.split(',').map((address) => address.trim());
  const answers = await Promise.all(addresses.map(reachable));
  if (!answers.includes(true)) throw new Error(`no broker answers at ${brokers} (KAFKA_BROKERS)`);
  return { kind: 'external', brokers, stop: async () => undefined };
}

async function reachable(address) {
  const at = address.lastIndexOf(':');
  if (process.env.KAFKA_SECURITY_PROTOCOL && process.env.KAFKA_SECURITY_PROTOCOL.toUpperCase() !== 'PLAINTEXT') return true;
  return kafkaAnswers(address.slice(0, at), Number(address.slice(at + 1)), 3000);
}
