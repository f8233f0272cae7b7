/** `feature-stage.process.ts BROKERS PIPELINE`: the keyed stages of a plan on the engine, without Nest, until SIGTERM. */
import { SystemClock } from '@millrace/core';
import { FeatureStage } from '@millrace/feature';
import { KafkaLog } from '@millrace/kafka';
import { loadPlan } from '@millrace/pipeline';
import { StageRunner } from '@millrace/stream';

const [brokers = '', pipeline = ''] = process.argv.slice(2);
const plan = await loadPlan(pipeline);
const clock = new SystemClock();
const log = new KafkaLog({ brokers: brokers.split(','), clientId: 'bench', clock });
const stopping = new AbortController();
process.once('SIGTERM', () => stopping.abort());
let [open, records] = [0, 0];
const runner = new StageRunner({
  stage: new FeatureStage(plan),
  log,
  clock,
  groupId: `${plan.name}.feature`,
  transactionalId: `${plan.name}.feature.a`,
  instanceId: 'a',
  dlq: { topic: plan.names.dlq, partitions: 1 },
  observer: {
    failed: (error, action) => console.error(action, error),
    assigned: (partitions) => (open = partitions.length),
    restored: (_, count) => {
      records += count;
      if (--open === 0) console.log(`restored ${records}\nready`);
    },
  },
});
await runner.run(stopping.signal);
await log.close();
