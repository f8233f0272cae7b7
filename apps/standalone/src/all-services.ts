import { createFeature } from '@millrace/feature';
import { createIngest } from '@millrace/ingest';
import { createMonitor } from '@millrace/monitor';
import type { CreateService, ServiceName } from '@millrace/platform';
import { createScorer } from '@millrace/scorer';

/** In the order of the stream, in which they are stopped. */
export const ALL_SERVICES: Readonly<Record<ServiceName, CreateService>> = {
  ingest: createIngest,
  feature: createFeature,
  scorer: createScorer,
  monitor: createMonitor,
};
