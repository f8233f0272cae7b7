import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { expect, it } from 'vitest';

/** Tells on stderr which modules a process loads. */
const TELL_MODULES = `import { registerHooks } from 'node:module';
registerHooks({ load: (url, context, next) => { console.error(url); return next(url, context); } });`;

async function modulesOf(...args: readonly string[]): Promise<string> {
  const hooks = `data:text/javascript,${encodeURIComponent(TELL_MODULES)}`;
  const main = fileURLToPath(new URL('main.ts', import.meta.url));
  const flags = ['--conditions=@millrace/source', '--import', hooks, main];
  return (await promisify(execFile)(process.execPath, [...flags, ...args], { maxBuffer: 2 ** 26 })).stderr;
}

it('a command loads what it needs, and none of the services', async () => {
  const modules = await modulesOf('features', '--help');
  expect(modules).toContain('/commands/features.ts');
  expect(modules).not.toMatch(/@nestjs|kafkajs|\/commands\/(?!features)/);
}, 60_000);
