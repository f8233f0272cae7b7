import type { InboundRecord } from '@millrace/records';
import type { RunnerObserver } from '@millrace/stream';

import { incomingTrace } from './trace-parent.ts';

/** Without telemetry of our own, a trace that others began still reaches the predictions. */
export class TraceForwarder implements RunnerObserver {
  taken(records: readonly InboundRecord[]): void {
    for (const record of records) {
      const incoming = incomingTrace(record.headers);
      if (typeof incoming === 'object') record.trace = { traceparent: incoming.text };
    }
  }
}
