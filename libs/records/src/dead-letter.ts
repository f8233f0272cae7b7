import type { Headers, RecordTrace } from './record.ts';

/** A record that was given up, and why. It always names the event in `<p>.events`. */
export interface DeadLetter {
  readonly stage: string;
  /** A code of the error table. */
  readonly code: string;
  readonly reason: string;
  /** Topic, partition and offset of the event in `<p>.events`. */
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** `millrace-attempts` of the event: 0, or more for a replayed dead letter. */
  readonly attempts: number;
  /** The event's type, where the stage knows it and the headers below do not say it. */
  readonly type?: string | undefined;
  /** As received. */
  readonly key: Uint8Array | null;
  /** The untouched bytes where ingest refused them, else null. */
  readonly value: Uint8Array | null;
  /** The event's own headers, kept beside the `millrace-*` ones. */
  readonly headers?: Headers;
  /** The event's id, where the stage knows it. */
  readonly eventId?: string;
  /** Event time by which the monitor counts it, epoch milliseconds, where there is one. */
  readonly at?: number | undefined;
  /** Of the record that was given up, where it is traced. Who watches the runner traces the others. */
  trace?: RecordTrace | undefined;
}
