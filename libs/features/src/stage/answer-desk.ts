import type { StagePart } from '@millrace/records';

import type { Out } from './emission.ts';
import type { OpenRequest, ReceivedPart } from './open-request.ts';

/** Computes the partition's own part as of a request. Never throws: what fails is an error part. */
export type OwnPart = (open: OpenRequest) => ReceivedPart;

/** What a keyed stage does with requests: answer with a part, or put vectors together. */
export interface AnswerDesk {
  /**
   * A request has come.
   *
   * @returns false where it is open already: a second copy, as `delivery: at_least_once` may write it
   */
  admit(open: OpenRequest): boolean;
  /** Its promise has reached its time, now or when it came. */
  answer(open: OpenRequest, out: Out): void;
  /**
   * Another stage's answer has come.
   *
   * @returns the request that it belongs to, where it is still open
   */
  join(part: StagePart, out: Out): OpenRequest | undefined;
}
