import { topicNames, type Plan } from '@millrace/pipeline';
import { objectSchema, testPlan } from '@millrace/pipeline/testing';

/**
 * A small pipeline with all that the flights have: two keyed stages, one of them the assembler, outcomes, and a monitor.
 * `100.0 / amount` fails for 0; windows and the join are short, so that what they keep moves on within a minute.
 */
const PIPELINE = `
apiVersion: millrace/v1
name: sim
topics: { partitions: PARTITIONS }
events:
  ask:  { schema: ask.json,  id: id, time: at }
  sale: { schema: sale.json, id: id, time: at }
  max_bytes: 2kB
  lateness: 10s
  max_skew: 500ms
  retain_late: 5s
predict: { on: ask, key: user, model: m, version: "1", batch: { rows: 8 } }
features:
  - { name: place_sales, from: sale, by: [place], over: 15s, take: count }
  - { name: place_mean,  from: sale, by: [place], over: 10s, take: mean, of: "100.0 / amount" }
  - { name: user_sum,    from: sale, by: [user],  over: 12s, take: sum,  of: amount }
  - { name: user_last,   from: sale, by: [user],  over: 20s, take: last, of: amount }
  - { name: user_asks,   from: ask,  by: [user],  over: 10s, take: count }
  - { name: place_paned, from: sale, by: [place], over: 16s, take: sum, of: amount, resolution: 3s }
  - { name: user_paned,  from: sale, by: [user], over: 20s, take: distinct, of: amount, resolution: 2s }
  - { name: n, value: n }
outcome: { from: sale, id: ask, label: "amount >= 50.0", within: 20s }
monitor: { window: { every: 10s, min_rows: 3 }, warm_up: 1s }
`;

const SIBLING = 'bbbbbbbb';

const SCHEMAS = {
  'ask.json': objectSchema({ id: 'string', at: 'integer', user: ['string', 'null'], place: 'string', n: 'number' }),
  'sale.json': objectSchema({
    id: 'string',
    at: 'integer',
    user: 'string',
    place: 'string',
    amount: 'number',
    ask: ['string', 'null'],
  }),
};

/** The same under another feature set: what it answers must be the same, whoever answers. */
export function siblingOf(plan: Plan): Plan {
  const names = topicNames(plan.name, SIBLING);
  const stages = plan.stages.map((stage) => ({ ...stage, topic: stage.topic.replace(plan.featureSet, SIBLING) }));
  return { ...plan, featureSet: SIBLING, names, stages };
}

export function simulatedPlan(partitions: number): Promise<Plan> {
  return testPlan(PIPELINE.replace('PARTITIONS', String(partitions)), SCHEMAS);
}
