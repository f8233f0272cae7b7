/**
 * Rows per second of a model through `ModelPort.score` beside the bare runtime in this thread, on the same rows:
 *
 *     node --conditions=@millrace/source libs/inference/bench/scoring.ts [MODELS MODEL VERSION]
 *
 * Medians of five rounds; the two take turns.
 */
import { parseArgs } from 'node:util';

import { SystemClock } from '@millrace/core';
import { loadModel, openRegistry } from '@millrace/inference';
import { InferenceSession, Tensor } from 'onnxruntime-node';

const ROUNDS = 5;
const ROUND_MS = 1000;
const FLIGHTS = new URL('../../../examples/flights/models', import.meta.url).pathname;

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { workers: { type: 'string', default: '1' } },
});
const [folder = FLIGHTS, name = 'arrival-delay', version = null] = positionals;
const clock = new SystemClock();
const files = await openRegistry(folder).resolve(name, version);
const vector = files.card?.features ?? [];
const session = await InferenceSession.create(files.modelFile, { intraOpNumThreads: 1, interOpNumThreads: 1 });
const [inputName = ''] = session.inputNames;

/** Rows per second of one round. */
async function rate(rowsPerCall: number, call: () => Promise<unknown>): Promise<number> {
  const start = clock.elapsed();
  let calls = 0;
  for (; clock.elapsed() - start < ROUND_MS; calls++) await call();
  return (calls * rowsPerCall * 1000) / (clock.elapsed() - start);
}

function median(rates: readonly number[]): number {
  return rates.toSorted((a, b) => a - b)[rates.length >> 1] as number;
}

async function compare(rows: number): Promise<void> {
  const model = await loadModel({
    files,
    vector,
    outputs: null,
    batch: { rows, deadlineMs: 20 },
    clock,
    workers: Number(values.workers),
  });
  const vectors = Array.from({ length: rows * 4 }, () => Float32Array.from(vector, () => clock.random() * 50));
  const data = new Float32Array(rows * vector.length);
  vectors.slice(0, rows).forEach((row, i) => data.set(row, i * vector.length));
  const rates = { bare: [] as number[], scored: [] as number[] };
  for (let round = 0; round < ROUNDS; round++) {
    rates.bare.push(
      await rate(rows, () => session.run({ [inputName]: new Tensor('float32', data, [rows, vector.length]) })),
    );
    rates.scored.push(await rate(vectors.length, () => model.score(vectors)));
  }
  await model.close();
  const [bare, scored] = [median(rates.bare), median(rates.scored)];
  console.log(`${rows}\t${Math.round(bare)}\t${Math.round(scored)}\t${(scored / bare).toFixed(2)}`);
}

console.log(
  `${name} ${files.version}, ${vector.length} features, ${values.workers} worker(s)\nbatch\tbare/s\tscored/s\tratio`,
);
for (const rows of [1, 16, 64, 256]) await compare(rows);
