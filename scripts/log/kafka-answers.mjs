import { connect } from 'node:net';

/** ApiVersions v0 with correlation id 1 and no client id: what every Kafka answers, and nothing else does. */
const API_VERSIONS = Buffer.from([0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 1, 255, 255]);

/** Whether a Kafka broker answers at the address. */
export function kafkaAnswers(host, port, timeoutMs = 1000) {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: timeoutMs });
    const end = (answer) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => socket.write(API_VERSIONS));
    socket.once('data', (bytes) => end(bytes.length >= 8 && bytes.readInt32BE(4) === 1));
    socket.once('error', () => end(false));
    socket.once('timeout', () => end(false));
    socket.once('close', () => end(false));
  });
}

/** Until a broker answers. Throws when it does not in time, or when `gone()` says why it never will. */
export async function untilKafkaAnswers(host, port, { withinMs = 60_000, gone = () => null } = {}) {
  const end = Date.now() + withinMs;
  while (Date.now() < end) {
    const reason = gone();
    if (reason) throw new Error(reason);
    if (await kafkaAnswers(host, port)) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`Kafka did not answer at ${host}:${port} within ${withinMs / 1000} s`);
}
