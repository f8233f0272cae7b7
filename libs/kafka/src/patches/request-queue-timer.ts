import { kafkajsModule } from './kafkajs-module.ts';

const LEAST_WAIT_MS = 10;

/** The part of kafkajs' `RequestQueue` that holds requests back while the broker throttles the client. */
export interface RequestQueue {
  readonly pending: readonly unknown[];
  /** Epoch milliseconds. */
  readonly throttledUntil: number;
  throttleCheckTimeoutId: NodeJS.Timeout | null;
  checkPendingRequests(): void;
  scheduleCheckPendingRequests(): void;
}

export const requestQueuePrototype = kafkajsModule<{ prototype: RequestQueue }>('network/requestQueue').prototype;

/**
 * kafkajs arms this timer after every response, with a negative delay when nothing throttles: a tick every millisecond
 * for ever, and a TimeoutNegativeWarning on Node 24. Armed only while something is held back.
 */
export function patchRequestQueueTimer(): void {
  requestQueuePrototype.scheduleCheckPendingRequests = function scheduleWhenPending(): void {
    if (this.pending.length === 0 || this.throttleCheckTimeoutId) return;
    this.throttleCheckTimeoutId = setTimeout(
      () => {
        this.throttleCheckTimeoutId = null;
        this.checkPendingRequests();
      },
      Math.max(LEAST_WAIT_MS, this.throttledUntil - Date.now()),
    );
  };
}
