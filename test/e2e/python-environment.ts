import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { realpath, rm, symlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
/** Kept from run to run, and out of git. */
const FOLDER = resolve('.millrace', 'python');

/**
 * The interpreter of a virtual environment with these packages of PyPI (`name==version`), made where it is not there
 * yet. Each process makes one of its own, which has its place in its scripts; the first that is whole is everybody's.
 *
 * @throws Error that says what the machine needs
 */
export async function pythonWith(packages: readonly string[]): Promise<string> {
  const name = join(FOLDER, createHash('sha256').update(packages.join()).digest('hex').slice(0, 12));
  const everybodys = `${name}-ready`;
  if (!existsSync(everybodys)) {
    const own = `${name}-${process.pid}`;
    await make(own, packages);
    await symlink(own, everybodys).catch(() => rm(own, { recursive: true })); // another was first
  }
  return join(await realpath(everybodys), 'bin', 'python');
}

async function make(folder: string, packages: readonly string[]): Promise<void> {
  try {
    await rm(folder, { recursive: true, force: true });
    await run('python3', ['-m', 'venv', folder]);
    await run(join(folder, 'bin', 'python'), [
      '-m',
      'pip',
      'install',
      '--quiet',
      '--disable-pip-version-check',
      ...packages,
    ]);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw new Error(
      `this test runs clients from PyPI (${packages.join(', ')}). It needs python3 (3.10 or newer) with its module venv ` +
        `(Debian: python3-venv), and PyPI, or a mirror that pip is configured for.`,
      { cause: error },
    );
  }
}
