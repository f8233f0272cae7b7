/**
 * What a row costs at the cache of answers, and in the model, on the same rows, in batches of 256:
 *
 *     node --conditions=@millrace/source libs/inference/bench/caching.ts [MODELS MODEL VERSION]
 *
 * Medians of five rounds. "pays from": the share of hits from which the model's time that they save is more than the time of
 * all look-ups, as one core would see it.
 */
import { parseArgs } from 'node:util';

import { SystemClock } from '@millrace/core';
import { loadModel, openRegistry } from '@millrace/inference';

import { ScoreCache } from '../src/score-cache.ts';

const ROUNDS = 5;
const BATCH = 256;
const BATCHES = 200;
const FLIGHTS = new URL('../../../examples/flights/models', import.meta.url).pathname;

const { positionals } = parseArgs({ allowPositionals: true });
const [folder = FLIGHTS, name = 'arrival-delay', version = null] = positionals;
const clock = new SystemClock();
const files = await openRegistry(folder).resolve(name, version);
const vector = files.card?.features ?? [];
const width = vector.length;
const model = await loadModel({
  files,
  vector,
  outputs: null,
  batch: { rows: BATCH, deadlineMs: 20 },
  clock,
  workers: 1,
});
const outputs = model.outputs.length;
const batches = Array.from({ length: BATCHES }, () =>
  Array.from({ length: BATCH }, () => Float32Array.from(vector, () => clock.random() * 50)),
);

/** Microseconds a row. */
async function cost(score: typeof model.score): Promise<number> {
  const start = clock.elapsed();
  for (const rows of batches) await score(rows);
  return ((clock.elapsed() - start) * 1000) / (BATCH * BATCHES);
}

const answered = batches.map((rows) => rows.map(() => ({ ok: true, value: new Float64Array(outputs) }) as const));
const free = (): typeof model.score => {
  let next = 0;
  return () => Promise.resolve(answered[next++ % BATCHES] as (typeof answered)[number]);
};

const median = (costs: readonly number[]): number => costs.toSorted((a, b) => a - b)[costs.length >> 1] as number;
const costs = { run: [] as number[], miss: [] as number[], hit: [] as number[] };
for (let round = 0; round < ROUNDS; round++) {
  costs.run.push(await cost(model.score));
  const cache = new ScoreCache({ sizeBytes: 256 * 1024 ** 2, forMs: 3_600_000, width, outputs, clock }).over(free());
  costs.miss.push(await cost(cache));
  costs.hit.push(await cost(cache));
}
await model.close();
const [run, miss, hit] = [median(costs.run), median(costs.miss), median(costs.hit)];
console.log(`${name} ${files.version}, ${width} features, batches of ${BATCH}; µs a row
model      ${run.toFixed(2)}
hit        ${hit.toFixed(2)}
miss       ${miss.toFixed(2)}
pays from  ${((100 * miss) / (run + miss - hit)).toFixed(0)} % hits`);
