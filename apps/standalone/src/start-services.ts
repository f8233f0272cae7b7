import { SystemClock, type Clock } from '@millrace/core';
import type { Plan } from '@millrace/pipeline';
import {
  openLogs,
  prepareTopics,
  readConfig,
  RunningServices,
  SERVICE_NAMES,
  servicePorts,
  type Logs,
  type PlatformConfig,
  type ServiceName,
  type ServiceOptions,
} from '@millrace/platform';
import type { Log, RunnerObserver, StartFrom } from '@millrace/stream';

import { ALL_SERVICES } from './all-services.ts';

export interface StartServicesOptions {
  readonly plan: Plan;
  /** Services that share a process share it; otherwise they meet in its topics alone. */
  readonly log: Log;
  readonly host: string;
  /** ingest, feature, scorer and monitor take this port and the three behind it, whichever of them run; 0: free ones. */
  readonly httpPort: number;
  /** Of the scorer's gRPC door; 0: a free one. Without it the port behind those four. */
  readonly grpcPort?: number;
  /** All four without it. */
  readonly only?: readonly ServiceName[];
  readonly clock?: Clock;
  readonly config?: PlatformConfig;
  readonly logs?: Logs;
  /** See `ServiceOptions`. */
  readonly instanceId?: string;
  readonly from?: StartFrom;
  readonly leave?: boolean;
  readonly signal?: AbortSignal;
  /** Is told what a service's runner does. */
  readonly observe?: (service: ServiceName) => RunnerObserver;
}

/**
 * Starts services in this process, after their topics and models were found to be right.
 *
 * @throws AppError `TOPIC_MISMATCH`, `RIGHTS_MISSING`, `LOG_UNREACHABLE`, `MODEL_*`, `PROFILE_INVALID`, `EXPOSED_WITHOUT_KEYS`, `PORT_IN_USE`
 */
export async function startServices(options: StartServicesOptions): Promise<RunningServices> {
  const { plan, log, only = SERVICE_NAMES } = options;
  await prepareTopics(plan, log, only);
  const shared = sharedOptions(options);
  const set = Object.fromEntries(Object.entries(ALL_SERVICES).filter(([name]) => only.includes(name as ServiceName)));
  return RunningServices.start(set, (name) => {
    const observer = options.observe?.(name);
    return { ...shared, ...servicePorts(name, options.httpPort, options.grpcPort), ...(observer && { observer }) };
  });
}

function sharedOptions(options: StartServicesOptions): Omit<ServiceOptions, 'port'> {
  const {
    plan,
    log,
    host,
    clock = new SystemClock(),
    config = readConfig(),
    logs = openLogs(config.logLevel),
    instanceId,
    from,
    leave,
    signal,
  } = options;
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
    ...(signal && { signal }),
  };
}
