import type { EventPayload } from '@millrace/pipeline';
import type { Origin, StageEvent, StageRequest } from '@millrace/records';

/** A checked event of `<p>.events`, with what its record said beside the payload. */
export interface KnownEvent {
  readonly type: string;
  readonly id: string;
  /** Event time, epoch milliseconds. */
  readonly at: number;
  /** Without the field `type`. */
  readonly payload: EventPayload;
  readonly origin: Origin;
  /** Id of the promise that its partition stands under. */
  readonly promise: string | null;
  /** `millrace-attempts`; 0 when absent. */
  readonly attempts: number;
  /** Older than its partition's clock less `events.retain_late`: its panes may be folded, so they are closed to it. Absent: no. */
  readonly overdue?: boolean;
}

/** Where a projection goes: the topic of a keyed stage. */
export interface StageAddress {
  /** Index of the stage. */
  readonly stage: number;
  readonly topic: string;
  /** The record's key: the stage's key. Null: a request without `predict.key`. */
  readonly key: string | null;
  /** The text whose murmur2 gives the partition: the key, or the request's id where that is null. */
  readonly placedBy: string;
}

/** What one keyed stage gets of an event. */
export interface Projection extends StageAddress {
  readonly record: StageEvent | StageRequest;
}
