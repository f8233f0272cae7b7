import type { Clock } from '@millrace/core';
import type { RunnerObserver } from '@millrace/stream';

import { LatencyHistogram, type Quantiles } from './latency-histogram.ts';

/** Every so many records one is measured: enough for a median, and cheap. */
const EVERY = 8;

/** Per service, the time from a record's timestamp in its input topic to the commit of what it led to. */
export class HopLatency {
  readonly #clock: Clock;
  readonly #hops = new Map<string, LatencyHistogram>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** To be called beside the service's own observer. */
  observer(service: string): RunnerObserver {
    const histogram = new LatencyHistogram();
    this.#hops.set(service, histogram);
    return {
      committed: (records) => {
        const now = this.#clock.now();
        for (let i = 0; i < records.length; i += EVERY) histogram.add(now - (records[i]?.timestamp ?? now));
      },
    };
  }

  quantiles(): Readonly<Record<string, Quantiles | null>> {
    return Object.fromEntries([...this.#hops].map(([service, histogram]) => [service, histogram.quantiles()]));
  }
}
