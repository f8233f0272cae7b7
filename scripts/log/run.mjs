import { spawn } from 'node:child_process';

/** Runs a program to its end. Rejects with its last words when it fails or is not there. */
export function run(command, args, { cwd, timeoutMs = 600_000, signal } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'], timeout: timeoutMs, signal });
    let output = '';
    const keep = (chunk) => {
      output = (output + chunk).slice(-20_000);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(output);
      else reject(new Error(`${command} ended with ${code}: ${output.trim().split('\n').at(-1) ?? ''}`));
    });
  });
}
