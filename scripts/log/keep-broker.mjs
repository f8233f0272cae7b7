import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import { waitForBroker } from './wait-for-broker.mjs';

const KEEPER = fileURLToPath(new URL('./keeper.mjs', import.meta.url));
const START_LIMIT_MS = 90_000;
const LAST_WORDS = 4000;

/**
 * Starts a broker under a keeper and waits until it answers on `port`. Returns `stop()`, which resolves when the broker
 * and all that it left are gone, `signal(name)`, which sends the broker a signal, and `ended()`, which resolves when it
 * has ended by itself. Throws, with the broker's last words, when it ends or does not answer in time.
 */
export async function keepBroker({ port, ...task }) {
  const keeper = spawn(process.execPath, [KEEPER, JSON.stringify(task)], {
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const gone = once(keeper, 'exit');
  let words = '';
  const listen = (chunk) => (words = (words + chunk).slice(-LAST_WORDS));
  keeper.stdout.on('data', listen);
  keeper.stderr.on('data', listen);
  keeper.stdin.on('error', () => {});
  const ended = async () => {
    keeper.ref();
    await gone;
  };
  const stop = async () => {
    keeper.stdin.end();
    await ended();
  };
  const stillRunning = () => {
    if (keeper.exitCode !== null) throw new Error(`the broker ended while it started: ${reasonIn(words)}`);
  };
  try {
    await waitForBroker(port, { timeoutMs: START_LIMIT_MS, stillRunning });
  } catch (error) {
    await stop();
    throw error;
  }
  letParentEnd(keeper);
  return { stop, signal: (name) => keeper.stdin.write(`${name}\n`), ended };
}

/** A running broker does not keep its parent alive: a parent that has nothing left to do ends, and the broker with it. */
function letParentEnd(keeper) {
  keeper.unref();
  for (const stream of [keeper.stdin, keeper.stdout, keeper.stderr]) stream.unref();
}

function reasonIn(words) {
  const lines = words
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
  return lines.find((line) => /exception|error|fatal/i.test(line)) ?? lines.at(-1) ?? 'it said nothing';
}
