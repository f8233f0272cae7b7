import type { Alias, AliasInForce } from './alias-notes.ts';
import type { ClockRecord, ProgressRecord } from './clock-record.ts';
import type { Origin } from './origin.ts';

/** A complete feature vector on its way to the model. The record's key is `predict.key`. */
export interface VectorRow {
  readonly kind: 'vector';
  readonly id: string;
  readonly at: number;
  readonly key: string | null;
  readonly origin: Origin;
  /** `millrace-attempts` of the event: 0, or more for a replayed dead letter. */
  readonly attempts: number;
  /** Asked before the horizon: some contents may have been dropped already. */
  readonly late: boolean;
  /** Float32, NaN for null. */
  readonly vector: Float32Array;
  /** As in `Assembly`. */
  readonly block?: number;
}

/**
 * From here on the partition's rows are another version's, unless a larger number has been there. All partitions have it, by
 * one transaction.
 */
export interface AliasRecord extends AliasInForce {
  readonly kind: 'alias';
  readonly model: string;
  readonly alias: Alias;
}

/** What `<p>.<fs>.features` holds. */
export type FeaturesRecord = VectorRow | AliasRecord | ProgressRecord;

/** A scored vector, for the monitor. */
export interface ScoredRow {
  readonly kind: 'scored';
  readonly id: string;
  readonly at: number;
  readonly key: string | null;
  readonly origin: Origin;
  /** As in `VectorRow`. */
  readonly attempts: number;
  readonly version: string;
  readonly variant: string;
  readonly vector: Float32Array;
  /** Scalar outputs in the plan's order of output names. */
  readonly outputs: Float64Array;
  /** `lostDigits` of each output; absent: of none is anything lost. */
  readonly lost?: Float64Array;
  /** Epoch milliseconds, wall clock of the scorer. */
  readonly scoredAt: number;
  /** As in `Assembly`. */
  readonly block?: number;
}

/**
 * A prediction of another feature set that still waits for its outcome. That set has counted it; how its vector was named
 * is known there alone, so it brings the prediction as users read it.
 */
export interface CarriedRow {
  readonly kind: 'carried';
  readonly id: string;
  readonly at: number;
  readonly key: string | null;
  /** `PredictionValue` as JSON. */
  readonly prediction: string;
}

/** What `<p>.<fs>.scored` holds. */
export type ScoredRecord = ScoredRow | CarriedRow | ProgressRecord;

/** An outcome for the monitor's join: the label, and when it came. */
export interface OutcomeRow {
  readonly kind: 'outcome';
  readonly id: string;
  readonly key: string | null;
  /** The label's event time. */
  readonly at: number;
  readonly label: number;
  readonly origin: Origin;
  /** As in `VectorRow`. */
  readonly attempts: number;
}

/** What `<p>.<fs>.outcomes` holds. */
export type OutcomesRecord = OutcomeRow | ClockRecord;
