/**
 * Runs a broker for as long as whoever started this process lives: `guard.mjs FOLDER COMMAND ARG…`. The starter holds
 * the other end of standard input; when that closes, on purpose or because the starter was killed, the broker is
 * ended and its folder removed. In a session of its own, so that Ctrl-C reaches the starter first.
 */
import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';

const [folder, command, ...args] = process.argv.slice(2);
const KILL_AFTER_MS = 8000;

const broker = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });
broker.once('error', (error) => {
  process.stderr.write(`${error.message}\n`);
  leave(1);
});
broker.once('exit', (code) => leave(code ?? 1));

process.stdin.resume();
process.stdin.once('close', endBroker);
process.stdin.once('error', endBroker);
// The starter may be gone while the broker still writes.
process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, endBroker);

/** The folder goes with the broker, so it need not be flushed to disk in order: SIGKILL is as good, and quicker. */
function endBroker() {
  broker.kill('SIGTERM');
  setTimeout(() => broker.kill('SIGKILL'), KILL_AFTER_MS).unref();
}

function leave(code) {
  rmSync(folder, { recursive: true, force: true });
  process.exit(code);
}
