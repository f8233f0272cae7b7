import type { Value } from '@millrace/core';

import type { ClockRecord } from './clock-record.ts';
import type { Origin } from './origin.ts';

/** An event as one keyed stage needs it: what its features take from it. The stage's key is the record's key. */
export interface StageEvent {
  readonly kind: 'event';
  /** Index of the event type in the plan. */
  readonly type: number;
  readonly id: string;
  /** Event time, epoch milliseconds. */
  readonly at: number;
  /**
   * One per feature that this stage takes from this type, in plan order; null leaves the event out of that feature
   * (`where` not true, `of` null). `true` for a feature without `of`.
   */
  readonly values: readonly Value[];
  readonly origin: Origin;
  /** As in `StageRequest`. */
  readonly attempts: number;
}

/** A request for this stage's part of a vector. The stage's key is the record's key (null: the request has none). */
export interface StageRequest {
  readonly kind: 'request';
  readonly id: string;
  readonly at: number;
  /** The entity; null is valid: such a request has no order and is placed by its id. */
  readonly predictKey: string | null;
  readonly origin: Origin;
  /** Id of the promise that its input partition stands under: it waits until all of them have reached `at`. */
  readonly promise: string | null;
  /** `millrace-attempts` of the event: 0, or more for a replayed dead letter. */
  readonly attempts: number;
  /** For the assembler alone (null elsewhere): what it does not have to ask for. */
  readonly assembly: Assembly | null;
}

export interface Assembly {
  /** Indices of the other stages that were asked: as many parts will come. */
  readonly asked: readonly number[];
  /** The vector with every `value:` feature in place and NaN elsewhere, float64. */
  readonly values: Float64Array;
  /** `blockHash` of the field that is the block; not where the plan has none, or the request not. */
  readonly block?: number;
}

/** A stage's answer, or why it has none, on its way to the assembler. */
export interface StagePart {
  readonly kind: 'part';
  readonly stage: number;
  /** The request's origin: what a part is joined by. */
  readonly origin: Origin;
  /** The request's. */
  readonly attempts: number;
  /** In the order of the stage's features; null where `error` is not. */
  readonly values: Float64Array | null;
  readonly late: boolean;
  readonly error: PartError | null;
}

export interface PartError {
  readonly code: string;
  readonly reason: string;
}

/** A request that another feature set has answered: the assembler remembers its id, lest a resend is answered again. */
export interface SeenRequest {
  readonly kind: 'seen';
  readonly id: string;
  readonly origin: Origin;
  /** As in `StageRequest`. */
  readonly attempts: number;
}

/** What the topics `<p>.<fs>.by.<fields>` hold. */
export type StageRecord = StageEvent | StageRequest | StagePart | SeenRequest | ClockRecord;
