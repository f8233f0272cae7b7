import { runCommand } from './run-command.mjs';

const PULL_LIMIT_MS = 600_000;

/** Sees that the engine has an image, and pulls it if not. Throws an `Error` of one line where that cannot be. */
export async function pullImage(image, say) {
  try {
    await runCommand('docker', ['image', 'inspect', '--format', '{{.Id}}', image], { timeoutMs: 15_000 });
  } catch {
    say(`pulling ${image} …`);
    await runCommand('docker', ['pull', '--quiet', image], { timeoutMs: PULL_LIMIT_MS });
  }
}

/** Throws an `Error` of one line where no Docker engine answers. */
export async function askEngine() {
  await runCommand('docker', ['version', '--format', '{{.Server.Version}}'], { timeoutMs: 15_000 });
}
