import { counter, gauge } from './metric-row.ts';

/** Under the names that dashboards for Node.js know. Services that share a process say the same. */
export const PROCESS_METRICS = {
  process_cpu_seconds_total: counter('seconds', [], 'CPU of the process, all threads'),
  process_resident_memory_bytes: gauge('bytes', [], 'resident set of the process'),
  process_start_time_seconds: gauge('seconds', [], 'when the process began, since 1970'),
  nodejs_heap_size_used_bytes: gauge('bytes', [], 'objects on the heap of the main thread'),
  nodejs_external_memory_bytes: gauge('bytes', [], 'buffers outside of that heap'),
  nodejs_eventloop_utilization: gauge(
    '1',
    [],
    'share of the time since the page was last read that the main thread was busy',
  ),
} as const;
