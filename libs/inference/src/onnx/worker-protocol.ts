import type { ModelSignature } from '../signature.ts';
import type { VectorBatch } from './vector-batch.ts';

/** What a worker is started with. */
export interface WorkerSetup {
  readonly modelFile: string;
  /** Execution providers in order of preference. */
  readonly providers: readonly string[];
}

/** The first thing that a worker says. */
export type WorkerGreeting =
  | { readonly kind: 'ready'; readonly signature: ModelSignature; readonly provider: string }
  | { readonly kind: 'refused'; readonly reason: string };

/** What it says to each batch, in order. `failed`: the model threw; the results mean nothing. */
export type WorkerAnswer =
  | { readonly kind: 'done'; readonly batch: VectorBatch }
  | { readonly kind: 'failed'; readonly batch: VectorBatch; readonly reason: string };

export function buffersOf({ vectors, results }: VectorBatch): ArrayBuffer[] {
  return [vectors.buffer, results.buffer];
}
