/**
 * Runs a broker for as long as its parent lives, however the parent ends. The parent holds the other end of standard
 * input: when that closes (stopped, crashed or killed), the broker is killed and what it left behind is removed.
 * It runs in a session of its own, so that Ctrl-C reaches the parent alone. A line that the parent writes is the name of
 * a signal for the broker.
 *
 * One argument, JSON, of command lines: `prepare` (run first), `run` (the broker), `cleanup` (run last), and `folder`, to
 * be removed; not when the broker ends by itself and is `restartable`. All but `run` may be absent.
 */
import { spawn, spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';

const { prepare, run, cleanup, folder, restartable } = JSON.parse(process.argv[2]);
const SHOWN = { stdio: ['ignore', 'inherit', 'inherit'] };
let stopping = false;

if (prepare) spawnSync(prepare[0], prepare.slice(1), SHOWN);
const broker = spawn(run[0], run.slice(1), SHOWN);

function stop() {
  if (stopping) return;
  stopping = true;
  // Its data goes with it, so there is nothing to flush.
  broker.kill('SIGKILL');
  if (cleanup) spawnSync(cleanup[0], cleanup.slice(1), { stdio: 'ignore' });
}

broker.on('error', (error) => finish(error.message));
broker.on('exit', (status, signal) => finish(`the broker ended (${signal ?? `exit status ${status}`})`));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, stop);
process.stdin.on('end', stop).on('error', stop).setEncoding('utf8');
process.stdin.on('data', (lines) =>
  lines
    .trim()
    .split('\n')
    .forEach((signal) => broker.kill(signal)),
);

function finish(reason) {
  const expected = stopping;
  stop();
  if (folder && (expected || !restartable))
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  if (!expected) console.error(reason);
  process.exit(expected ? 0 : 1);
}
