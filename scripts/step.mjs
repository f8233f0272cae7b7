import { spawn } from 'node:child_process';

/** Runs a command with its output shown; resolves with its exit status. Ctrl-C reaches it through the terminal. */
export function step(command, args, env = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: 'inherit', env: { ...process.env, ...env } });
    child.on('error', (error) => {
      process.stderr.write(`${command}: ${error.message}\n`);
      resolve(127);
    });
    child.on('exit', (code) => resolve(code ?? 1));
  });
}
