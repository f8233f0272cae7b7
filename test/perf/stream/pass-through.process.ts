/**
 * `pass-through.process.ts --brokers … --input … --output … --group … [--delivery at_least_once] [--instance a]
 * [--rows-per-second 100]`: the engine with a stage that does nothing, or nothing but wait, until SIGTERM.
 */
import { parseArgs } from 'node:util';

import { SystemClock } from '@millrace/core';
import { KafkaLog } from '@millrace/kafka';
import { StageRunner } from '@millrace/stream';

import { PassThroughStage } from './pass-through-stage.ts';

const { values: flags } = parseArgs({
  options: {
    brokers: { type: 'string', default: '' },
    input: { type: 'string', default: '' },
    output: { type: 'string', default: '' },
    group: { type: 'string', default: '' },
    delivery: { type: 'string' },
    instance: { type: 'string' },
    'rows-per-second': { type: 'string', default: 'Infinity' },
  },
});
const { brokers, input, output, group, delivery, instance } = flags;
const clock = new SystemClock();
const log = new KafkaLog({ brokers: brokers.split(','), clientId: group, clock });
const stopping = new AbortController();
process.once('SIGTERM', () => stopping.abort());
const runner = new StageRunner({
  stage: new PassThroughStage(input, output, clock, Number(flags['rows-per-second'])),
  log,
  clock,
  groupId: group,
  transactionalId: `${group}-${instance ?? 'a'}`,
  delivery: delivery === 'at_least_once' ? delivery : 'exactly_once',
  dlq: { topic: output, partitions: 1 },
  observer: {
    failed: (error, action) => console.error(action, error),
    assigned: () => console.log('ready'),
  },
  ...(instance === undefined ? {} : { instanceId: instance }),
});
await runner.run(stopping.signal);
await log.close();
