import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Metadata request, version 1, for no topic: header (API 3, version 1, correlation 1, no client id), empty array. */
const METADATA_REQUEST = Buffer.from('0000000e' + '0003' + '0001' + '00000001' + 'ffff' + '00000000', 'hex');
/** Where the response has its number of brokers: after its size and correlation id. */
const BROKERS_AT = 8;

/** Waits until a broker answers and names at least one live broker (itself). `stillRunning` may throw to give up early. */
export async function waitForBroker(port, { timeoutMs, stillRunning }) {
  const end = Date.now() + timeoutMs;
  while (!(await answers(port))) {
    stillRunning();
    if (Date.now() > end) throw new Error(`the broker did not answer on port ${port} within ${timeoutMs / 1000} s`);
    await sleep(100);
  }
}

function answers(port) {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    const done = (answered) => {
      socket.destroy();
      resolve(answered);
    };
    socket.setTimeout(2000, () => done(false));
    socket.once('error', () => done(false));
    socket.once('close', () => resolve(false));
    socket.once('connect', () => socket.write(METADATA_REQUEST));
    socket.once('data', (data) => done(data.length >= BROKERS_AT + 4 && data.readInt32BE(BROKERS_AT) > 0));
  });
}
