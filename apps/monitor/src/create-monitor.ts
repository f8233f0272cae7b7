import { messageOf } from '@millrace/core';
import { awaitStore } from '@millrace/inference';
import { ApiKeys, checkExposure, createService, type Service, type ServiceOptions } from '@millrace/platform';
import { readLatest } from '@millrace/stream';

import { MonitorDoor } from './door/monitor-door.ts';
import { readPage } from './door/page-files.ts';
import { ViewFollower } from './door/view-follower.ts';
import { addMonitorGauges } from './monitor-gauges.ts';
import { MonitorMetrics } from './monitor.metrics.ts';
import { MonitorModule } from './monitor.module.ts';
import type { ReadNewest } from './monitor.stage.ts';
import { openMonitor } from './open-monitor.ts';
import { addSelfTestGauges } from './self-test-metrics.ts';
import { SelfTestRun } from './self-test-run.ts';
import { openSinks } from './sinks/open-sinks.ts';
import { SkewMetrics } from './skew-metrics.ts';
import { SkewRuns } from './skew-runs.ts';
import type { SkewState } from './skew-state.ts';

/**
 * The service that watches predictions.
 *
 * @throws AppError `MODEL_NOT_FOUND`, `MODEL_INVALID`, `MODEL_MISMATCH`, `PROFILE_INVALID`, `CONFIG_INVALID`, `EXPOSED_WITHOUT_KEYS`
 */
export async function createMonitor(options: ServiceOptions): Promise<Service> {
  checkExposure(options.host, options.config.apiKeys);
  return createService('monitor', options, async (context) => {
    const { plan, clock, config, log, metrics, logger, signal } = context;
    const source = log.source();
    const readNewest: ReadNewest = (topic, key) => readLatest(source, topic, key);
    const observer = new MonitorMetrics(metrics, logger);
    const skew = plan.monitor.skew > 0 ? new SkewRuns({ plan, log, observer: new SkewMetrics(metrics, logger) }) : null;
    const onSkew = (state: SkewState): void => skew?.look(state);
    const { stage, profile } = await awaitStore(
      () => openMonitor({ plan, clock, modelStore: config.modelStore, readNewest, observer, onSkew }),
      { clock, signal, warn: (message) => logger.warn(message) },
    );
    addMonitorGauges(metrics, stage);
    const onFailed = (error: unknown): void => logger.warn(`the self-test failed: ${messageOf(error)}`);
    const selfTest = profile && new SelfTestRun(profile, plan.monitor, onFailed);
    if (selfTest) addSelfTestGauges(metrics, selfTest);
    const closeSinks = openSinks(context);
    const follower = new ViewFollower({
      plan,
      log,
      clock,
      onFailed: (message) => logger.warn(`the monitor's topics cannot be followed: ${message}`),
    });
    const door = new MonitorDoor({ plan, log, clock, models: stage.models, follower });
    const close = async (): Promise<void> => {
      await selfTest?.stop();
      await Promise.allSettled([skew?.close(), closeSinks(), follower.close(), door.close(), source.close()]);
    };
    const keys = new ApiKeys(config.apiKeys, clock);
    return { stage, module: MonitorModule.of({ stage, door, keys, page: await readPage() }), close };
  });
}
