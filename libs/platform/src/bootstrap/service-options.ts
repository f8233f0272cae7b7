import type { Clock } from '@millrace/core';
import type { Plan } from '@millrace/pipeline';
import type { Log, RunnerObserver, StartFrom } from '@millrace/stream';
import type { SpanExporter } from '@opentelemetry/sdk-trace';

import type { PlatformConfig } from '../config/platform-config.ts';
import type { Logs } from '../logging/open-logs.ts';

export const SERVICE_NAMES = ['ingest', 'feature', 'scorer', 'monitor'] as const;

export type ServiceName = (typeof SERVICE_NAMES)[number];

/** What a service is started with. */
export interface ServiceOptions {
  readonly plan: Plan;
  readonly log: Log;
  readonly clock: Clock;
  readonly config: PlatformConfig;
  readonly logs: Logs;
  readonly host: string;
  /** 0: a free one. */
  readonly port: number;
  /** Of the gRPC door, for a service that has one; 0: a free one. Without it that door stays closed. */
  readonly grpcPort?: number;
  /** Static membership and a lasting transactional id. Without it every start is a new instance. */
  readonly instanceId?: string;
  /** Where a group starts that has never committed. */
  readonly from?: StartFrom;
  /** Ends a start that waits for something. */
  readonly signal?: AbortSignal;
  /** Gives the partitions back at the end in spite of an instance id. */
  readonly leave?: boolean;
  /** Is told what the runner does, beside metrics, logs and traces. */
  readonly observer?: RunnerObserver;
  /** Instead of the exporter that the configuration names. */
  readonly spanExporter?: SpanExporter;
}
