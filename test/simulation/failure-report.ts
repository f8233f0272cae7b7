import type { Scenario } from './script/scenario.ts';
import { shrink } from './shrink.ts';
import { simulate } from './simulate-seed.ts';
import type { SimulationOptions } from './simulation.ts';

const TRACE_LINES = 120;

/** A failing scenario for people: made small, with its fault script, and the end of its trace. */
export async function failureReport(scenario: Scenario, options: SimulationOptions = {}): Promise<string> {
  const small = await shrink(scenario, options);
  const { violations, tail } = await simulate(small, { ...options, traceLines: TRACE_LINES });
  const { seed, setting, instances, named, batchRecords, trims, faults, traffic } = small;
  return [
    `seed ${seed}, made small:`,
    JSON.stringify({ ...setting, partitions: small.plan.topics.partitions, instances, named, batchRecords, trims }),
    `${faults.length} faults`,
    ...faults.map((fault) => `  ${JSON.stringify(fault)}`),
    `${traffic.length} events`,
    ...traffic.map(
      ({ atMs, record }) => `  ${atMs} ms, partition ${record.partition}: ${String(record.value).slice(0, 160)}`,
    ),
    'the end of the trace',
    ...tail.map((line) => `  ${line}`),
    'violations',
    ...violations.map(({ kind, detail }) => `  ${kind}: ${detail}`),
    `again: npm run simulate -- --seed ${seed}`,
  ].join('\n');
}
