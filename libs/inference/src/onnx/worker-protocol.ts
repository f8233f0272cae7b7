import type { ProviderRefusal } from '../provider-refusal.ts';
import type { ModelSignature } from '../signature.ts';
import type { TensorBatch } from './tensor-batch.ts';
import type { VectorBatch } from './vector-batch.ts';

/** What a worker is started with. */
export interface WorkerSetup {
  readonly modelFile: string;
  /** Execution providers in order of preference. */
  readonly providers: readonly string[];
  /** Cores that the session may use. */
  readonly threads: number;
  /** Memory of the `NativeGate`. */
  readonly gate: SharedArrayBuffer;
}

/** The first thing that a worker says. */
export type WorkerGreeting =
  | {
      readonly kind: 'ready';
      readonly signature: ModelSignature;
      readonly provider: string;
      readonly refused: readonly ProviderRefusal[];
    }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'misconfigured'; readonly reason: string };

/** What a worker is asked, and answers: vectors have arrays that are used again, tensors are of any type and shape. */
export type WorkerBatch = VectorBatch | TensorBatch;

/** What it says to each batch, in order. `failed`: the model threw. */
export type WorkerAnswer =
  | { readonly kind: 'done'; readonly batch: WorkerBatch }
  | { readonly kind: 'failed'; readonly reason: string };

export function buffersOf(batch: WorkerBatch): ArrayBuffer[] {
  if ('vectors' in batch) return [batch.vectors.buffer, batch.results.buffer];
  return batch.tensors.flatMap(({ data }) => ('buffer' in data ? [data.buffer as ArrayBuffer] : []));
}
