import { buildProfile, ESTIMATE_SIZE, REALISED_SIZE, UNWATCHED, windowGrid } from '@millrace/drift';
import { parsePipeline, type Plan } from '@millrace/pipeline';
import { encodeCountsRecord, type ScoredRow } from '@millrace/records';

import { monitoredModel } from '../../../apps/monitor/src/monitored-model.ts';
import { RowCounter } from '../../../apps/monitor/src/row-counter.ts';
import { FEATURES, REFERENCE_ROWS, RowSource } from './row-source.ts';

const ROWS = 200_000;
const BATCH = 500;
const KEPT = 4096;
const NAMES = Array.from({ length: FEATURES }, (_, i) => `x${i}`);

/** How fast one core counts rows of 20 features and 2 outputs, and their labels, and what a version's state takes. */
export async function throughput(rounds: number): Promise<object> {
  const plan = await benchPlan();
  const source = new RowSource(3);
  const rows = Array.from({ length: REFERENCE_ROWS }, () => {
    const score = source.random();
    return {
      at: null,
      label: Number(source.random() < score),
      vector: source.next().slice(),
      outputs: [score, source.random()],
    };
  });
  const features = NAMES.map((name) => ({ name, categories: null }));
  const subject = { model: 'm', version: '1', features, outputs: ['p', 'q'], window: plan.monitor.window };
  const model = monitoredModel(buildProfile(subject, rows), plan);
  const scored = rows
    .slice(0, KEPT)
    .map(({ vector, outputs, label }, i) => ({ row: scoredRow(i, vector, outputs), label }));
  const grid = windowGrid({ everyMs: 3_600_000, starts: null, zone: 'UTC' });
  const perSecond = Array.from({ length: rounds }, () => {
    const startedAt = performance.now();
    for (let batch = 0; batch < ROWS / BATCH; batch++) {
      const counter = new RowCounter({ rows: grid, labels: grid });
      for (let i = 0; i < BATCH; i++) {
        const { row, label } = scored[(batch * BATCH + i) % KEPT] as (typeof scored)[number];
        counter.add({ row }, model);
        counter.label(
          { row },
          { kind: 'outcome', id: row.id, key: null, at: row.at, label, origin: row.origin, attempts: 0 },
          model,
        );
      }
      for (const delta of counter.deltas()) encodeCountsRecord(delta);
    }
    return (ROWS * 1000) / (performance.now() - startedAt);
  }).toSorted((a, b) => a - b);
  const { slots } = model.table;
  const bins = slots.reduce((sum, slot) => sum + slot.bins.size, 0);
  const watch = JSON.stringify({ ...UNWATCHED, logM: -7.293274904384134 }).length;
  return {
    'rows/s per core': Math.round(perSecond[(rounds - 1) >> 1] as number),
    'signals watched': model.signals.length + 2,
    'integers per feature or output': Math.round(bins / slots.length),
    'integers of performance': ESTIMATE_SIZE + REALISED_SIZE,
    'bytes of a watch per signal, in the ledger': watch,
  };
}

function scoredRow(i: number, vector: Float32Array, outputs: readonly number[]): ScoredRow {
  const named = { id: `r${i}`, key: null, origin: { partition: 0, offset: i }, attempts: 0 };
  const by = { version: '1', variant: 'champion', scoredAt: 0 };
  return { kind: 'scored', ...named, ...by, at: i * 1000, vector, outputs: Float64Array.from(outputs) };
}

function benchPlan(): Promise<Plan> {
  const text = `
apiVersion: millrace/v1
name: bench
events: { asked: { schema: any.json, id: id, time: at }, told: { schema: any.json, id: id, time: at } }
predict: { on: asked, key: key, model: m, version: "1" }
features: [${NAMES.map((name) => `{ name: ${name}, value: x }`).join(', ')}]
outcome: { from: told, id: id, label: hit, within: 2h }
`;
  const fields = { id: 'string', at: 'integer', key: 'string', x: 'number', hit: 'boolean' };
  const properties = Object.fromEntries(Object.entries(fields).map(([name, type]) => [name, { type }]));
  const schema = JSON.stringify({ type: 'object', properties, required: ['id', 'at', 'key'] });
  return parsePipeline(text, { file: 'pipeline.yaml', folder: '/', read: async () => schema });
}
