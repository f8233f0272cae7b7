import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress } from 'node:zlib';

import { runCommand } from '../log/run-command.mjs';

/** A headless Chromium in an npm package (MIT; 75 MB), with the libraries that a bare Linux lacks. */
const PACKAGE = '@sparticuz/chromium';
const VERSION = '153.0.0';

/**
 * The Chromium of an npm package, unpacked into the cache of this checkout.
 *
 * @throws Error where there is none for this machine, or the registry does not give it
 */
export async function fetchBrowser(say) {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new Error(`${PACKAGE} is for Linux on x64, this is ${process.platform} on ${process.arch}`);
  const folder = resolve('node_modules', '.cache', `chromium-${VERSION}`);
  const [executablePath, libraries] = [join(folder, 'chromium'), join(folder, 'libraries')];
  if (!existsSync(executablePath)) await unpack(folder, libraries, executablePath, say);
  const searched = [join(libraries, 'lib'), process.env.LD_LIBRARY_PATH].filter(Boolean).join(':');
  return { executablePath, env: { ...process.env, LD_LIBRARY_PATH: searched } };
}

async function unpack(folder, libraries, executablePath, say) {
  say(`fetching ${PACKAGE} ${VERSION} (once)`);
  await mkdir(libraries, { recursive: true });
  const install = ['install', '--prefix', folder, '--no-save', '--ignore-scripts', `${PACKAGE}@${VERSION}`];
  await runCommand('npm', install, { timeoutMs: 300_000 });
  const packed = (name) => join(folder, 'node_modules', PACKAGE, 'bin', `${name}.br`);
  const archive = join(folder, 'libraries.tar');
  await decompress(packed('al2023.tar'), archive);
  await runCommand('tar', ['-x', '-f', archive, '-C', libraries], { timeoutMs: 60_000 });
  await decompress(packed('chromium'), `${executablePath}.part`, 0o755);
  await rename(`${executablePath}.part`, executablePath); // it is there when it is whole
}

function decompress(from, to, mode = 0o644) {
  return pipeline(createReadStream(from), createBrotliDecompress(), createWriteStream(to, { mode }));
}
