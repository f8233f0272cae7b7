import { spawn } from 'node:child_process';
import { constants } from 'node:os';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Runs a command with its output shown, and passes on the signals that come meanwhile. Resolves with its exit status,
 * 128 + the signal's number if one ended it.
 */
export function step(command, args, env = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: 'inherit', env: { ...process.env, ...env } });
    const forward = (signal) => child.kill(signal);
    for (const signal of SIGNALS) process.on(signal, forward);
    const end = (status) => {
      for (const signal of SIGNALS) process.off(signal, forward);
      resolve(status);
    };
    child.on('error', (error) => {
      process.stderr.write(`${command}: ${error.message}\n`);
      end(127);
    });
    child.on('exit', (code, signal) => end(code ?? 128 + (constants.signals[signal] ?? 0)));
  });
}

/** Whether Ctrl-C or a request to stop ended the command. */
export function wasInterrupted(status) {
  return status === 128 + constants.signals.SIGINT || status === 128 + constants.signals.SIGTERM;
}
