import { SystemClock, type Clock } from '@millrace/core';
import { createFeature } from '@millrace/feature';
import { createIngest } from '@millrace/ingest';
import { createMonitor } from '@millrace/monitor';
import { topicSpecs, type Plan } from '@millrace/pipeline';
import {
  ensureTopics,
  openLogs,
  readConfig,
  RunningServices,
  SERVICE_NAMES,
  type CreateService,
  type Logs,
  type PlatformConfig,
  type ServiceName,
  type ServiceOptions,
} from '@millrace/platform';
import { createScorer } from '@millrace/scorer';
import type { Log, RunnerObserver, StartFrom } from '@millrace/stream';

const CREATE: Readonly<Record<ServiceName, CreateService>> = {
  ingest: createIngest,
  feature: createFeature,
  scorer: createScorer,
  monitor: createMonitor,
};

export interface StartServicesOptions {
  readonly plan: Plan;
  /** Services that share a process share it; otherwise they meet in its topics alone. */
  readonly log: Log;
  readonly host: string;
  /** ingest, feature, scorer and monitor take this port and the three behind it, whichever of them run; 0: free ones. */
  readonly httpPort: number;
  /** All four without it. */
  readonly only?: readonly ServiceName[];
  readonly clock?: Clock;
  readonly config?: PlatformConfig;
  readonly logs?: Logs;
  /** See `ServiceOptions`. */
  readonly instanceId?: string;
  readonly from?: StartFrom;
  readonly leave?: boolean;
  /** Is told what a service's runner does. */
  readonly observe?: (service: ServiceName) => RunnerObserver;
}

/**
 * Starts services in this process, after their topics and models were found to be right.
 *
 * @throws AppError `TOPIC_MISMATCH`, `LOG_UNREACHABLE`, `MODEL_*`, `PROFILE_INVALID`, `EXPOSED_WITHOUT_KEYS`, `PORT_IN_USE`
 */
export async function startServices(options: StartServicesOptions): Promise<RunningServices> {
  const { plan, log, only = SERVICE_NAMES } = options;
  await createTopics(plan, log);
  const shared = sharedOptions(options);
  const names = SERVICE_NAMES.filter((name) => only.includes(name));
  const optionsOf = (name: ServiceName): ServiceOptions => {
    const observer = options.observe?.(name);
    return { ...shared, port: portOf(name, options.httpPort), ...(observer && { observer }) };
  };
  return RunningServices.start(
    names.map((name) => CREATE[name]),
    (at) => optionsOf(names[at] as ServiceName),
  );
}

async function createTopics(plan: Plan, log: Log): Promise<void> {
  const admin = log.admin();
  try {
    await ensureTopics(admin, topicSpecs(plan), { anyPartitions: [plan.names.events] });
  } finally {
    await admin.close();
  }
}

function sharedOptions(options: StartServicesOptions): Omit<ServiceOptions, 'port'> {
  const { plan, log, host, clock = new SystemClock(), config = readConfig(), logs = openLogs(config.logLevel), instanceId, from, leave } = options;
  return {
    plan,
    log,
    host,
    clock,
    config,
    logs,
    ...(instanceId !== undefined && { instanceId }),
    ...(from !== undefined && { from }),
    ...(leave !== undefined && { leave }),
  };
}

function portOf(name: ServiceName, httpPort: number): number {
  return httpPort === 0 ? 0 : httpPort + SERVICE_NAMES.indexOf(name);
}
