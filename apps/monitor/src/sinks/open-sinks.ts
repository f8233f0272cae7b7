import type { ServiceContext } from '@millrace/platform';

import { openSink } from './open-sink.ts';
import { RunningSink } from './running-sink.ts';
import { SinkMetrics } from './sink.metrics.ts';

/**
 * Starts the sinks of the pipeline file.
 *
 * @returns how to stop them
 * @throws AppError `CONFIG_INVALID`
 */
export function openSinks({ plan, log, clock, config, metrics, logger }: ServiceContext): () => Promise<void> {
  const opened = plan.monitor.sinks.map((sink) => ({
    name: sink.name,
    sink: openSink(sink, plan.name, config.variable, clock),
  }));
  const running = opened.map(({ name, sink }) => {
    const observer = new SinkMetrics(name, metrics, logger);
    const runs = new RunningSink({ name, sink, plan, log, clock, observer, address: config.monitorUrl });
    metrics.readings('millrace_monitor_sink_waiting', () =>
      runs.waiting === null ? [] : [{ labels: { sink: name }, value: runs.waiting }],
    );
    return runs;
  });
  return async () => void (await Promise.allSettled(running.map((sink) => sink.close())));
}
