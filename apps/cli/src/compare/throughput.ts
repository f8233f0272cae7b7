import { AppError, type Clock } from '@millrace/core';
import type { LoadedModel } from '@millrace/inference';

const ROUNDS = 15;
const ROUND_MS = 100;

export interface ThroughputOptions {
  readonly clock: Clock;
  /** Rows that are scored together. */
  readonly size: number;
  readonly signal: AbortSignal;
}

/** Rows per second of each: the median of 15 rounds in which they take turns, so that both meet the same weather. */
export async function alternatingThroughput(
  models: readonly [LoadedModel, LoadedModel],
  vectors: readonly Float32Array[],
  options: ThroughputOptions,
): Promise<readonly [number, number]> {
  const rates: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round++) {
    rates[0].push(await rate(models[0], vectors, options));
    rates[1].push(await rate(models[1], vectors, options));
  }
  return [median(rates[0]), median(rates[1])];
}

async function rate(
  model: LoadedModel,
  vectors: readonly Float32Array[],
  { clock, size, signal }: ThroughputOptions,
): Promise<number> {
  const start = clock.elapsed();
  let rows = 0;
  for (let from = 0; clock.elapsed() - start < ROUND_MS; from = from + size < vectors.length ? from + size : 0) {
    if (signal.aborted) throw new AppError('INTERRUPTED', 'nothing is compared.');
    const chunk = vectors.slice(from, from + size);
    await model.score(chunk);
    rows += chunk.length;
  }
  return (rows * 1000) / (clock.elapsed() - start);
}

function median(rates: readonly number[]): number {
  return rates.toSorted((a, b) => a - b)[rates.length >> 1] as number;
}
