/**
 * What every command starts with, on nothing but Node 20 and npm: install what the lock file says when it has changed,
 * then run the real script on Node 24, which is one of the installed packages. No dependency, no build.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { npmCommand } from './npm-command.mjs';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const MODULES = join(ROOT, 'node_modules');
const STAMP = join(MODULES, '.millrace-install');
const LOCK = join(ROOT, '.millrace-install.lock');
const NEEDED_MAJOR = 24;

/** Runs a script of this folder with the rest of the command line, and ends as it ends. */
export function bootstrap(script) {
  install();
  const node = findNode();
  const args = ['--enable-source-maps', join(ROOT, 'scripts', script), ...process.argv.slice(2)];
  const env = { ...process.env, PATH: [join(MODULES, '.bin'), process.env.PATH].join(delimiter) };
  const child = spawn(node, args, { cwd: ROOT, env, stdio: 'inherit' });
  // On a terminal the child gets Ctrl-C twice, from it and from here: scripts take the second as the first.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => fail(`cannot run ${node}: ${error.message}`));
  child.on('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
}

function install() {
  const wanted = createHash('sha256')
    .update(readFileSync(join(ROOT, 'package-lock.json')))
    .digest('hex');
  if (installed() === wanted) return;
  withLock(() => {
    if (installed() === wanted) return;
    process.stderr.write('installing packages (once)\n');
    const { command, args } = npmCommand(['ci', '--loglevel=error', '--no-progress']);
    const { status } = spawnSync(command, args, { cwd: ROOT, stdio: ['ignore', 2, 2] });
    if (status !== 0) fail('npm ci failed; see above', status ?? 1);
    writeFileSync(STAMP, wanted);
  });
}

function installed() {
  return existsSync(STAMP) ? readFileSync(STAMP, 'utf8') : null;
}

/** One installation at a time; a lock whose owner is gone is taken over. */
function withLock(work) {
  while (!tryLock()) {
    if (!isAlive(Number(safeRead(join(LOCK, 'pid'))))) rmSync(LOCK, { recursive: true, force: true });
    else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);
  }
  try {
    work();
  } finally {
    rmSync(LOCK, { recursive: true, force: true });
  }
}

function tryLock() {
  try {
    mkdirSync(LOCK);
  } catch {
    return false;
  }
  writeFileSync(join(LOCK, 'pid'), String(process.pid));
  return true;
}

function safeRead(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return String(process.pid); // just made, its pid not yet written
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function findNode() {
  if (Number(process.versions.node.split('.')[0]) >= NEEDED_MAJOR) return process.execPath;
  const packaged = join(MODULES, `node-${process.platform}-${process.arch}`, 'bin', 'node');
  if (existsSync(packaged)) return packaged;
  return fail(
    `Node ${NEEDED_MAJOR} is needed, this is ${process.versions.node}, and there is no package of it for ${process.platform}-${process.arch}. Install Node ${NEEDED_MAJOR}.`,
  );
}

/** @returns {never} */
function fail(message, status = 1) {
  process.stderr.write(`${message}\n`);
  process.exit(status);
}
