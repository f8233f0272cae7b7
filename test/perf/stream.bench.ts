/**
 * `npm run bench -- stream [--records 1000000] [--rates 1000,2000] [--seconds 20] [--only NAME]`: a
 * pass-through stage, 200-byte records, 8 → 8 partitions, beside the Java client's transactional loop and the bare client.
 */
import { parseArgs } from 'node:util';

import { SystemClock } from '@millrace/core';
import { KafkaLog } from '@millrace/kafka';

import { findLog } from '../../scripts/log/find-log.mjs';
import { machine } from './machine.ts';
import { BenchTopics } from './stream/bench-topics.ts';
import { CONTENDERS, type Contender } from './stream/contenders.ts';
import { measureSaturation } from './stream/saturation.ts';
import { measureLatency } from './stream/visible-latency.ts';

const { values: flags } = parseArgs({
  options: {
    records: { type: 'string', default: '1000000' },
    rates: { type: 'string', default: '1000,2000' },
    seconds: { type: 'string', default: '20' },
    only: { type: 'string', default: '' },
  },
});
const records = Number(flags.records);
const rates = flags.rates.split(',').filter(Boolean).map(Number);
const contenders = (Object.keys(CONTENDERS) as Contender[]).filter((name) => name.includes(flags.only));
const found = await findLog({ say: (line) => console.error(line) });
const clock = new SystemClock();
const log = new KafkaLog({ brokers: found.brokers.split(','), clientId: 'bench', clock });
const topics = new BenchTopics(log);

async function saturationTable(): Promise<Readonly<Record<string, object>>> {
  const input = await topics.create();
  await topics.fill(input, records);
  const rows: Record<string, object> = {};
  for (const name of contenders) {
    const row = await measureSaturation(name, found.brokers, topics, clock, input, records);
    rows[name] = {
      'records/s': Math.round(row.perSecond),
      'CPU cores': Number(row.cpuCores.toFixed(2)),
      'records/CPU s': Math.round(row.perCpuSecond),
      'RSS MB': row.rssMb,
      lost: row.lost,
      doubled: row.doubled,
      misordered: row.misordered,
    };
  }
  return rows;
}

async function latencyTable(perSecond: number): Promise<Readonly<Record<string, object>>> {
  const rows: Record<string, object> = {};
  for (const name of contenders) {
    const load = { perSecond, seconds: Number(flags.seconds) };
    const row = await measureLatency(name, found.brokers, topics, log, clock, load);
    rows[name] = {
      'p50 ms': Number(row.p50Ms.toFixed(1)),
      'p99 ms': Number(row.p99Ms.toFixed(1)),
      'most ms': Number(row.mostMs.toFixed(1)),
      'CPU ms/1,000': Number(row.cpuPer1000Ms.toFixed(1)),
      sent: row.sent,
      seen: row.seen,
    };
  }
  return rows;
}

try {
  console.table(machine(found.kind));
  if (records > 0) {
    console.log(`saturation, ${records} records waiting`);
    console.table(await saturationTable());
  }
  for (const rate of rates) {
    console.log(`open loop, ${rate} records/s`);
    console.table(await latencyTable(rate));
  }
} finally {
  await topics.delete().catch(() => undefined);
  await log.close();
  await found.stop();
}
