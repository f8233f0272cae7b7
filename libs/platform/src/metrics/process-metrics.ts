import type { Clock } from '@millrace/core';

import type { MetricRegistry } from './metric-registry.ts';

/** What the process takes, whichever services run in it. */
export function addProcessMetrics(metrics: MetricRegistry, clock: Clock): void {
  const startedAt = clock.now() / 1000 - process.uptime();
  let before = performance.eventLoopUtilization();
  metrics.reading('process_cpu_seconds_total', () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  });
  metrics.reading('process_resident_memory_bytes', () => process.memoryUsage.rss());
  metrics.reading('process_start_time_seconds', () => startedAt);
  metrics.reading('nodejs_heap_size_used_bytes', () => process.memoryUsage().heapUsed);
  metrics.reading('nodejs_external_memory_bytes', () => process.memoryUsage().external);
  metrics.reading('nodejs_eventloop_utilization', () => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, before);
    before = now;
    return utilization;
  });
}
