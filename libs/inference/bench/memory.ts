/**
 * Resident memory of a process that scores millions of rows through `ModelPort.score`, in batches of 256:
 *
 *     node --conditions=@millrace/source libs/inference/bench/memory.ts [MODELS MODEL VERSION] [--rows N]
 *
 * Read each second. `slope`: of a straight line through all but the first fifth of the rows; until then heaps and arenas grow to
 * what they need.
 */
import { parseArgs } from 'node:util';

import { SystemClock } from '@millrace/core';
import { loadModel, openRegistry } from '@millrace/inference';

const BATCH = 256;
/** Batches on their way at a time, for each worker. */
const IN_FLIGHT = 4;
const MB = 2 ** 20;
const FLIGHTS = new URL('../../../examples/flights/models', import.meta.url).pathname;

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { rows: { type: 'string', default: '5000000' } },
});
const [folder = FLIGHTS, name = 'arrival-delay', version = null] = positionals;
const rows = Number(values.rows);
const clock = new SystemClock();
const files = await openRegistry(folder).resolve(name, version);
const vector = files.card?.features ?? [];
const model = await loadModel({ files, vector, outputs: null, batch: { rows: BATCH, deadlineMs: 20 }, clock });

interface Reading {
  readonly rows: number;
  readonly bytes: number;
}

const readings: Reading[] = [];
let scored = 0;
let readMs = clock.elapsed();

async function scoreBatches(): Promise<void> {
  while (scored < rows) {
    scored += BATCH;
    await model.score(Array.from({ length: BATCH }, () => Float32Array.from(vector, () => clock.random() * 50)));
    if (clock.elapsed() - readMs < 1000) continue;
    readMs = clock.elapsed();
    readings.push({ rows: scored, bytes: process.memoryUsage.rss() });
  }
}

/** Bytes a row, by least squares. */
function slope(of: readonly Reading[]): number {
  const mean = (pick: (reading: Reading) => number): number => of.reduce((sum, one) => sum + pick(one), 0) / of.length;
  const [meanRows, meanBytes] = [mean((one) => one.rows), mean((one) => one.bytes)];
  const along = of.reduce((sum, one) => sum + (one.rows - meanRows) * (one.bytes - meanBytes), 0);
  return along / of.reduce((sum, one) => sum + (one.rows - meanRows) ** 2, 0);
}

function mostIn(fifth: number): number {
  return Math.max(...readings.filter((one) => Math.ceil((one.rows * 5) / rows) === fifth).map(({ bytes }) => bytes));
}

const start = clock.elapsed();
await Promise.all(Array.from({ length: model.workers * IN_FLIGHT }, scoreBatches));
const seconds = (clock.elapsed() - start) / 1000;
await model.close();

const steady = readings.filter((reading) => reading.rows > rows / 5);
const inMb = (value: number): string => (value / MB).toFixed(1);
console.log(
  `${scored} rows in ${seconds.toFixed(0)} s, ${model.workers} worker(s), ${steady.length} readings\n` +
    `RSS, MB, at most in each fifth of the rows: ${[1, 2, 3, 4, 5].map((fifth) => inMb(mostIn(fifth))).join(', ')}\n` +
    `slope, MB per million rows: ${inMb(slope(steady) * 1e6)}`,
);
