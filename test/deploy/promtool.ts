import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const PACKAGE = 'prometheus';
/** Kept from run to run, and out of git. */
const FOLDER = resolve('.millrace', 'debian', PACKAGE);
const PROGRAM = join(FOLDER, 'usr', 'bin', 'promtool');

/** Prometheus' `promtool`: the one in PATH, else Debian's, fetched and not installed; null where neither can be had. */
export async function promtool(): Promise<string | null> {
  if (await works('promtool')) return 'promtool';
  if (!existsSync(PROGRAM)) await fetchPackage().catch(() => undefined);
  return (await works(PROGRAM)) ? PROGRAM : null;
}

async function works(program: string): Promise<boolean> {
  return run(program, ['--version']).then(
    () => true,
    () => false,
  );
}

async function fetchPackage(): Promise<void> {
  await mkdir(FOLDER, { recursive: true });
  await run('apt-get', ['download', PACKAGE], { cwd: FOLDER });
  await run('sh', ['-c', `dpkg-deb --extract ${PACKAGE}_*.deb .`], { cwd: FOLDER });
}
