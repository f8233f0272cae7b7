import type { ErrorCode } from '@millrace/core';

import type { Reason } from './left-out.ts';

/** What the second thread of an offline run is started with. */
export interface PartSetup {
  readonly pipeline: string;
  /** What pseudonyms are made with. */
  readonly pseudonymKey?: string | undefined;
  /** Of the plan that the first thread goes by. */
  readonly featureSet: string;
  readonly file: string;
  readonly disorderMs: number;
  /** The share of the file that it passes over before it fills its windows. */
  readonly from: number;
  /** Where its rows lie until the first thread is through with its own. */
  readonly spill: string;
}

export type PartMessage =
  /** First of all: the line from which on it answers; null: nothing, the first thread should go on to the end. */
  | { readonly kind: 'begins'; readonly line: number | null }
  /** So many bytes more lie in the file, some rows of so many events. */
  | { readonly kind: 'rows'; readonly bytes: number; readonly events: number }
  /** Last of all, with what it left out, or with what ended it. */
  | { readonly kind: 'ended'; readonly leftOut: readonly Reason[] }
  | { readonly kind: 'failed'; readonly code: ErrorCode; readonly detail: string }
  | { readonly kind: 'out-of-order'; readonly behindMs: number; readonly allowedMs: number };
