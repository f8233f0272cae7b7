/** `pass-through.process.ts BROKERS INPUT OUTPUT GROUP DELIVERY`: the engine with a stage that does nothing, until SIGTERM. */
import { SystemClock } from '@millrace/core';
import { KafkaLog } from '@millrace/kafka';
import { StageRunner } from '@millrace/stream';

import { PassThroughStage } from './pass-through-stage.ts';

const [brokers = '', input = '', output = '', group = '', delivery = ''] = process.argv.slice(2);
const clock = new SystemClock();
const log = new KafkaLog({ brokers: brokers.split(','), clientId: group, clock });
const stopping = new AbortController();
process.once('SIGTERM', () => stopping.abort());
const runner = new StageRunner({
  stage: new PassThroughStage(input, output),
  log,
  clock,
  groupId: group,
  transactionalId: group,
  delivery: delivery === 'at_least_once' ? delivery : 'exactly_once',
  dlq: { topic: output, partitions: 1 },
  observer: {
    failed: (error, action) => console.error(action, error),
    assigned: () => console.log('ready'),
  },
});
await runner.run(stopping.signal);
await log.close();
