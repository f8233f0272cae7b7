import type { Alert } from './alert.ts';

/** What became of an attempt. */
export type Delivery =
  | { readonly outcome: 'taken' }
  /** Not now; `afterMs`: not before so long. */
  | { readonly outcome: 'failed'; readonly why: string; readonly afterMs?: number }
  /** Not this alert. */
  | { readonly outcome: 'refused'; readonly why: string };

/** Where people hear of incidents: one attempt to tell an alert. */
export interface AlertSink {
  /** Never rejects. Ends early, as failed, when the signal is given. */
  send(alert: Alert, signal: AbortSignal): Promise<Delivery>;
}

export const TAKEN: Delivery = { outcome: 'taken' };
