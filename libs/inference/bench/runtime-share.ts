import type { Clock } from '@millrace/core';
import { loadModel } from '@millrace/inference';
import { InferenceSession, Tensor } from 'onnxruntime-node';

const ROUNDS = 5;
/** Of the engine's compilers, which take some seconds. */
const WARM_UP_ROUNDS = 3;
const ROUND_MS = 1000;
const DEADLINE_MS = 20;
/** So many calls, of so many batches' worth of rows each, are under way: some are always waiting for the worker. */
const CALLS = 2;
const AHEAD = 4;
/** The same few rows again and again would be foretold by the processor: trees are branches. */
const DISTINCT = 8192;

export interface RuntimeShare {
  /** Rows a second of `session.run` alone, in this thread. */
  readonly bare: number;
  /** Of `ModelPort.score`: micro-batcher, worker thread, and rows in and out of the batch. */
  readonly scored: number;
}

/** Rows a second through a model with one worker beside the runtime alone; medians of rounds that take turns. */
export async function runtimeShare(
  modelFile: string,
  rowOf: (n: number) => Float32Array,
  clock: Clock,
  rows: number,
): Promise<RuntimeShare> {
  const vector = Array.from(rowOf(0), (_, i) => `f${i}`);
  const files = { name: 'bench', version: '1', modelFile, profileFile: null, card: null };
  const batch = { rows, deadlineMs: DEADLINE_MS };
  const model = await loadModel({ files, vector, outputs: null, batch, clock, workers: 1 });
  const session = await InferenceSession.create(modelFile, { intraOpNumThreads: 1, interOpNumThreads: 1 });
  const vectors = Array.from({ length: DISTINCT }, (_, n) => rowOf(n));
  const data = Float32Array.from(vectors.flatMap((row) => [...row]));
  const [input = ''] = session.inputNames;
  const width = vector.length;
  const alone = (from: number) => {
    const own = data.subarray(from * width, (from + rows) * width);
    return session.run({ [input]: new Tensor('float32', own, [rows, width]) });
  };
  const scored = (from: number) => model.score(vectors.slice(from, from + rows * AHEAD));
  const rates = { bare: [] as number[], scored: [] as number[] };
  for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
    const bare = await rate(clock, 1, rows, alone);
    const through = await rate(clock, CALLS, rows * AHEAD, scored);
    if (round < 0) continue;
    rates.bare.push(bare);
    rates.scored.push(through);
  }
  await model.close();
  return { bare: median(rates.bare), scored: median(rates.scored) };
}

/** Rows a second of one round, through all of them in turn. */
async function rate(
  clock: Clock,
  atOnce: number,
  rowsPerCall: number,
  call: (from: number) => Promise<unknown>,
): Promise<number> {
  const start = clock.elapsed();
  let calls = 0;
  const callOn = async (): Promise<void> => {
    while (clock.elapsed() - start < ROUND_MS) await call((calls++ * rowsPerCall) % DISTINCT);
  };
  await Promise.all(Array.from({ length: atOnce }, callOn));
  return (calls * rowsPerCall * 1000) / (clock.elapsed() - start);
}

function median(rates: readonly number[]): number {
  return rates.toSorted((a, b) => a - b)[rates.length >> 1] as number;
}
