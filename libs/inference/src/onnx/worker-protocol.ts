import type { ProviderRefusal } from '../provider-refusal.ts';
import type { ModelSignature } from '../signature.ts';
import type { TensorBatch } from './tensor-batch.ts';
import type { BatchSlot, VectorBatch } from './vector-batch.ts';

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

/** What a worker runs: vectors in memory that both sides share, tensors of any type and shape. */
export type WorkerBatch = VectorBatch | TensorBatch;

/** Vectors in a slot: the whole of it the first time, its number from then on, which costs a tenth of that to send. */
export interface SlotToRun {
  readonly slot: BatchSlot | number;
  readonly rows: number;
}

/** What it is asked. */
export type WorkerAsk = SlotToRun | TensorBatch;

/** What it says to each batch, in order. `filled`: the results are in the slot. `failed`: the model threw. */
export type WorkerAnswer =
  | { readonly kind: 'filled'; readonly lost: VectorBatch['lost'] }
  | { readonly kind: 'computed'; readonly batch: TensorBatch }
  | { readonly kind: 'failed'; readonly reason: string };

export function buffersOf({ tensors }: TensorBatch): ArrayBuffer[] {
  return tensors.flatMap(({ data }) => ('buffer' in data ? [data.buffer as ArrayBuffer] : []));
}
