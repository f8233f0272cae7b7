import type { Clock } from '@millrace/core';
import type { Plan } from '@millrace/pipeline';
import type { Log } from '@millrace/stream';

import type { EventLine } from '../events/event-line.ts';

export interface BenchOptions {
  readonly plan: Plan;
  readonly log: Log;
  readonly clock: Clock;
  /** The events from the first on; called again when they have come to their end. */
  readonly events: () => AsyncIterable<EventLine>;
  /** Events per second, whatever comes back. */
  readonly rate: number;
  readonly durationMs: number;
  /** What is not answered when nothing has come for so long, after the last event, is lost. */
  readonly graceMs: number;
  /** Ends the sending; answers to what is out are still waited for. */
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: BenchProgress) => void;
}

export interface BenchProgress {
  readonly events: number;
  /** Events that ask for a prediction, each id once. */
  readonly requests: number;
  readonly answered: number;
  /** Requests with neither an answer nor a dead letter yet. */
  readonly waiting: number;
}
