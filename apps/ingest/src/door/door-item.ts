import type { EventEnvelope, Headers, Rejection } from '@millrace/records';

/** What came in, in HTTP's terms. */
export interface DoorRequest {
  readonly body: Buffer;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
}

/** One event of a request, and how it will stand in the topic. */
export interface DoorItem {
  readonly envelope: EventEnvelope | Rejection;
  readonly value: Buffer | string;
  readonly headers: Headers;
}
