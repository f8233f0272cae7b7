/**
 * `npm run bench -- memory [--minutes 10] [--records 2000000] [--rows-per-second 100]`: a stage as slow as a slow model
 * behind a long queue: whether the process's memory stays flat.
 */
import { parseArgs } from 'node:util';

import { SystemClock } from '@millrace/core';
import { KafkaLog } from '@millrace/kafka';

import { findLog } from '../../scripts/log/find-log.mjs';
import { machine } from './machine.ts';
import { BenchTopics } from './stream/bench-topics.ts';
import { passThrough } from './stream/contenders.ts';

const WARM_MS = 60_000;
const SAMPLE_MS = 1000;

const { values: flags } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    records: { type: 'string', default: '2000000' },
    'rows-per-second': { type: 'string', default: '100' },
  },
});
const found = await findLog({ say: (line) => console.error(line) });
const clock = new SystemClock();
const log = new KafkaLog({ brokers: found.brokers.split(','), clientId: 'bench', clock });
const topics = new BenchTopics(log);
try {
  console.table(machine(found.kind));
  const [input, output] = [await topics.create(), await topics.create()];
  await topics.fill(input, Number(flags.records));
  const child = passThrough(
    { brokers: found.brokers, input, output, group: output },
    { rowsPerSecond: Number(flags['rows-per-second']) },
  );
  await child.says('ready');
  await clock.sleep(WARM_MS);
  const samples: number[] = [];
  for (const endsAt = clock.elapsed() + Number(flags.minutes) * 60_000 - WARM_MS; clock.elapsed() < endsAt;) {
    samples.push(child.rssMb);
    await clock.sleep(SAMPLE_MS);
  }
  const reader = topics.reader(output);
  const mean = samples.reduce((sum, mb) => sum + mb, 0) / samples.length;
  const [least, most] = [Math.min(...samples), Math.max(...samples)];
  console.table({
    'RSS MB, mean': Math.round(mean),
    'RSS MB, least': least,
    'RSS MB, most': most,
    'off the mean, %': Number((Math.max(most / mean - 1, 1 - least / mean) * 100).toFixed(1)),
    'RSS MB, each minute': Array.from(
      { length: Math.ceil(samples.length / 60) },
      (_, minute) => samples[minute * 60],
    ).join(' '),
    'rows committed': await reader.visible(),
  });
  await child.stop('SIGKILL');
  await reader.close();
} finally {
  await topics.delete().catch(() => undefined);
  await log.close();
  await found.stop();
}
