/**
 * `npm run bench -- restart [--rounds 5] [--rate 300] [--service scorer]`: one of two instances with lasting names is
 * killed with `kill -9` and started again at once, as a supervisor would: for how long the output rests. With a service,
 * in the whole pipeline: for how long a request waits for its prediction.
 */
import { parseArgs } from 'node:util';

import { SystemClock } from '@millrace/core';
import { KafkaLog } from '@millrace/kafka';
import { loadPlan } from '@millrace/pipeline';

import { findLog } from '../../scripts/log/find-log.mjs';
import { machine } from './machine.ts';
import { removeTopics } from './remove-topics.ts';
import { restartService } from './restart/restart-service.ts';
import { restartStage } from './restart/restart-stage.ts';

const PIPELINE = 'examples/flights/pipeline.yaml';
const EVENTS = 'examples/flights/data/flights-2013-10-28-to-12-22.jsonl.gz';

const { values: flags } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    rate: { type: 'string', default: '300' },
    service: { type: 'string' },
  },
});
const [rounds, rate] = [Number(flags.rounds), Number(flags.rate)];
const { service } = flags;
const found = await findLog({ say: (line) => console.error(line) });
const { brokers } = found;
const clock = new SystemClock();
const log = new KafkaLog({ brokers: brokers.split(','), clientId: 'bench', clock });

async function measure(): Promise<object> {
  if (service === undefined) return restartStage(log, clock, brokers, rounds, rate);
  const plan = await loadPlan(PIPELINE);
  await removeTopics(log, plan);
  const given = { plan, pipeline: PIPELINE, events: EVENTS, brokers, service };
  const result = await restartService(log, clock, given, rounds, rate);
  await removeTopics(log, plan);
  return result;
}

try {
  console.table(machine(found.kind));
  console.table(await measure());
} finally {
  await log.close();
  await found.stop();
}
