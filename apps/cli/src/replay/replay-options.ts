import type { Clock } from '@millrace/core';
import type { Plan } from '@millrace/pipeline';

import type { EventLine } from '../events/event-line.ts';

export interface ReplaySettings {
  readonly plan: Plan;
  readonly events: AsyncIterable<EventLine>;
  readonly clock: Clock;
  /** How much faster than it happened; absent: as fast as it goes. */
  readonly speed?: number | undefined;
  /** Events per second at most. */
  readonly rate?: number | undefined;
  /** Event times, epoch milliseconds: events with `from` ≤ time < `to`. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly onProgress?: (progress: ReplayProgress) => void;
  /** Ends the replay early, and its promise in good order. */
  readonly signal?: AbortSignal;
}

export interface ReplayProgress {
  readonly events: number;
  /** Events that ask for a prediction. */
  readonly requests: number;
  /** Events earlier than one before them: sent, but the promise makes them late. */
  readonly late: number;
  /** The greatest event time sent, epoch milliseconds; null before the first. */
  readonly at: number | null;
}
