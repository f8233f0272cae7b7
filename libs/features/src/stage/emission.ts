import type { DeadLetter, OutboundRecord } from '@millrace/records';

/** What a batch leads to, as it grows. */
export interface Emission {
  readonly records: OutboundRecord[];
  readonly deadLetters: DeadLetter[];
  /** Of the requests that were answered with a vector. */
  readonly eventTimes: number[];
}

/** Null while a state is restored: everything happens again, and nothing is said. */
export type Out = Emission | null;
