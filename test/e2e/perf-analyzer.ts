import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';

import { pythonWith } from './python-environment.ts';

const run = promisify(execFile);
/** The last wheel of Triton's client for any Linux that brings the program along, and the CUDA library it is linked to. */
const PACKAGES = ['tritonclient==2.48.0', 'nvidia-cuda-runtime-cu12==12.9.79'];
const DEBIAN_PACKAGE = 'libb64-0d';
const LIBRARY = 'libb64.so.0d';
const FOLDER = resolve('.millrace', 'debian', DEBIAN_PACKAGE);
const FOLDER_OF_LIBRARIES = join(FOLDER, 'usr', 'lib', 'x86_64-linux-gnu');

/** Whether there is a `perf_analyzer` for this machine. */
export const HAS_PERF_ANALYZER = process.platform === 'linux' && process.arch === 'x64';

export interface PerfAnalyzer {
  /** What it printed. @throws Error with what it printed, where it ends with another status than 0 */
  readonly run: (args: readonly string[]) => Promise<string>;
}

/**
 * Triton's `perf_analyzer`, installed.
 *
 * @throws Error that says what the machine needs
 */
export async function perfAnalyzer(): Promise<PerfAnalyzer> {
  const bin = dirname(await pythonWith(PACKAGES));
  const { stdout } = await run(join(bin, 'python'), [
    '-c',
    'import nvidia.cuda_runtime as cuda; print(*cuda.__path__)',
  ]);
  const libraries = [await libb64(), join(stdout.trim(), 'lib')];
  const env = { ...process.env, LD_LIBRARY_PATH: libraries.join(':') };
  return {
    run: async (args) => {
      const { stdout: said } = await run(join(bin, 'perf_analyzer'), args, { env });
      return said;
    },
  };
}

/** The folder of the library: Debian's, which PyPI does not have. */
async function libb64(): Promise<string> {
  if (existsSync(join(FOLDER_OF_LIBRARIES, LIBRARY))) return FOLDER_OF_LIBRARIES;
  try {
    await mkdir(FOLDER, { recursive: true });
    await run('apt-get', ['download', DEBIAN_PACKAGE], { cwd: FOLDER });
    await run('sh', ['-c', `dpkg-deb --extract ${DEBIAN_PACKAGE}_*.deb .`], { cwd: FOLDER });
  } catch (error) {
    const { stdout: known } = await run('/sbin/ldconfig', ['--print-cache']).catch(() => ({ stdout: '' }));
    if (known.includes(LIBRARY)) return FOLDER_OF_LIBRARIES;
    throw new Error(
      `this test runs Triton's perf_analyzer, which needs ${LIBRARY}: install ${DEBIAN_PACKAGE}, or have apt-get and ` +
        'dpkg-deb, with lists of packages (apt-get update), to fetch it.',
      { cause: error },
    );
  }
  return FOLDER_OF_LIBRARIES;
}
