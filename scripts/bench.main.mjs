/** `npm run bench -- NAME [flags]`: builds, finds a Kafka, runs test/perf/NAME.ts on it. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

import { findLog } from './log/find-log.mjs';
import { step } from './step.mjs';

const FOLDER = join('test', 'perf');

const [name, ...flags] = process.argv.slice(2);
const names = readdirSync(FOLDER, { withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => entry.name.replace(/\.ts$/, ''));
if (!names.includes(name)) {
  console.error(`npm run bench -- NAME; the names are ${names.join(', ')}`);
  process.exit(2);
}

let status = await step('tsc', ['-b']);
if (status === 0) {
  let log = null;
  const interrupt = () => process.exit(130); // the broker ends with this process
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, interrupt);
  try {
    log = await findLog({ say: (line) => console.log(line) });
    for (const signal of ['SIGINT', 'SIGTERM']) process.off(signal, interrupt);
    const env = { KAFKA_BROKERS: log.brokers, MILLRACE_BENCH_LOG: log.kind, LOG_LEVEL: 'warn' };
    status = await step(process.execPath, ['--enable-source-maps', join(FOLDER, `${name}.ts`), ...flags], env);
  } catch (error) {
    console.error(error.message);
    status = 1;
  } finally {
    await log?.stop();
  }
}
process.exit(status);
