import { spawn } from 'node:child_process';

/**
 * Runs a command to its end and returns what it wrote. Throws an `Error` whose message is one line: that the command is
 * not there, took longer than `timeoutMs`, or the last line that says why it failed.
 */
export function runCommand(command, args, { timeoutMs, env = process.env }) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env });
    let output = '';
    const collect = (chunk) => (output += chunk);
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`${command} did not answer within ${timeoutMs / 1000} s`));
    }, timeoutMs);
    child.on('error', (error) => {
      clearTimeout(timer);
      reject(new Error(error.code === 'ENOENT' ? `${command} is not installed` : error.message));
    });
    child.on('close', (status) => {
      clearTimeout(timer);
      if (status === 0) resolve(output);
      else reject(new Error(telling(output) || `${command} ended with exit status ${status}`));
    });
  });
}

/** The line of the output that is most likely the reason. */
function telling(output) {
  const lines = output
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
  return lines.find((line) => /error|cannot|denied|failed/i.test(line)) ?? lines.at(-1) ?? '';
}
