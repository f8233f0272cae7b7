/** `npm run bench -- NAME …`: measurements, never assertions. What is measured is in test/perf/. */
import { existsSync, readdirSync } from 'node:fs';

import { step } from './step.mjs';

const [name, ...rest] = process.argv.slice(2);
const file = `test/perf/${name}.bench.ts`;
if (name === undefined || !existsSync(file)) {
  const known = readdirSync('test/perf').flatMap((entry) => entry.match(/^(.+)\.bench\.ts$/)?.[1] ?? []);
  console.error(
    `${name === undefined ? 'which benchmark?' : `there is no benchmark "${name}".`} There is: ${known.join(', ')}`,
  );
  process.exit(2);
}
if ((await step('tsc', ['-b'])) !== 0) process.exit(1);
process.exitCode = await step(process.execPath, [file, ...rest]);
