import { isAppError, SystemClock } from '@millrace/core';
import { loadPlan } from '@millrace/pipeline';

import { readConfig } from '../config/read-config.ts';
import { openKafka } from '../log/open-kafka.ts';
import { openLogs } from '../logging/open-logs.ts';
import { prepareTopics } from '../topics/prepare-topics.ts';
import { runUntil } from './run-until.ts';
import { RunningServices, type ServiceSet } from './running-services.ts';
import type { ServiceName } from './service-options.ts';
import { servicePorts } from './service-port.ts';

/**
 * A process of services: `node main.js [PIPELINE]`, with its settings in the environment. Ends by SIGTERM or Ctrl-C
 * with status 0, and with 1 and a message when it cannot start or a service fails.
 */
export async function serviceProcess(set: ServiceSet): Promise<void> {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort());
  try {
    await run(set, stop.signal);
  } catch (error) {
    if (!isAppError(error)) throw error;
    process.stderr.write(`millrace: ${error.title} (${error.code}): ${error.detail}\n`);
    process.exitCode = 1;
  }
}

async function run(set: ServiceSet, signal: AbortSignal): Promise<void> {
  const config = readConfig();
  const clock = new SystemClock();
  const plan = await loadPlan(process.argv[2] ?? 'pipeline.yaml', config.pseudonymKey);
  const log = await openKafka(config.kafka, 'millrace', clock);
  const { host, httpPort, grpcPort } = config.doors;
  const options = { plan, log, clock, config, logs: openLogs(config.logLevel), host, signal };
  try {
    await prepareTopics(plan, log, Object.keys(set) as ServiceName[]);
    const services = await RunningServices.start(set, (name) => ({
      ...options,
      ...servicePorts(name, httpPort, grpcPort ?? undefined),
      ...(config.instanceId !== null && { instanceId: config.instanceId }),
    }));
    await runUntil(signal, services, (line) => void process.stdout.write(`${line}\n`));
  } finally {
    await log.close();
  }
}
