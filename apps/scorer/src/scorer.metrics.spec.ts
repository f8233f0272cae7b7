import { SystemClock } from '@millrace/core';
import { MetricRegistry, openLogs } from '@millrace/platform';
import { beforeEach, describe, expect, it } from 'vitest';

import { ScorerMetrics } from './scorer.metrics.ts';

describe('ScorerMetrics', () => {
  let registry: MetricRegistry;
  let metrics: ScorerMetrics;

  beforeEach(() => {
    registry = new MetricRegistry(new SystemClock());
    metrics = new ScorerMetrics(registry, openLogs('silent').service('scorer'));
  });

  /** The values of a metric that are not zero, by their attributes. */
  async function read(name: string): Promise<readonly (readonly [unknown, unknown])[]> {
    const { resourceMetrics } = await registry.collect();
    const found = resourceMetrics.scopeMetrics[0]?.metrics.find(({ descriptor }) => descriptor.name === name);
    return (found?.dataPoints ?? []).flatMap(({ attributes, value }) =>
      (typeof value === 'number' ? value : value.count) > 0 ? [[attributes, value] as const] : [],
    );
  }

  it('count batches by reason, and how long the rows of each source waited', async () => {
    const parts = [
      { source: 'topic', rows: 30, waitedMs: 3 },
      { source: 'rest', rows: 2, waitedMs: 50 },
    ] as const;
    metrics.batch({ reason: 'full', rows: 32, waitedMs: 50, tookMs: 0.4, oldestAgeMs: 52, parts });
    expect(await read('millrace_scorer_batches_total')).toEqual([[{ reason: 'full' }, 1]]);
    const waits = await read('millrace_scorer_row_wait_seconds');
    expect(waits).toMatchObject([
      [{ source: 'topic' }, { count: 30, sum: 0.09 }],
      [{ source: 'rest' }, { count: 2, sum: 0.1 }],
    ]);
  });

  it('tell batches apart that take less than a millisecond', async () => {
    for (const tookMs of [0.05, 0.4])
      metrics.batch({ reason: 'idle', rows: 1, waitedMs: 0, tookMs, oldestAgeMs: tookMs, parts: [] });
    const [[, seconds] = []] = await read('millrace_scorer_batch_seconds');
    expect((seconds as { buckets: { counts: number[] } }).buckets.counts.slice(0, 4)).toEqual([1, 0, 1, 0]);
  });

  it('count rows that were not computed by source and reason', async () => {
    metrics.dropped('rest', 'refused', 7);
    metrics.dropped('grpc', 'expired', 2);
    expect(await read('millrace_scorer_dropped_rows_total')).toEqual([
      [{ source: 'rest', why: 'refused' }, 7],
      [{ source: 'grpc', why: 'expired' }, 2],
    ]);
  });

  it('name each version while it is loaded, and once however often it is', async () => {
    let loaded = true;
    for (const _ of [1, 2])
      metrics.served(
        { name: 'm', version: '1', provider: 'cpu' },
        () => loaded,
        () => null,
      );
    expect(await read('millrace_scorer_model_info')).toEqual([[{ model: 'm', version: '1', provider: 'cpu' }, 1]]);
    loaded = false;
    expect(await read('millrace_scorer_model_info')).toEqual([]);
  });

  it('count rows that were looked for in the cache, what had to go, and what it takes for each version that has one', async () => {
    metrics.looked(3, 5);
    metrics.looked(0, 1);
    metrics.evicted();
    const provider = 'cpu';
    metrics.served(
      { name: 'm', version: '1', provider },
      () => true,
      () => 4096,
    );
    metrics.served(
      { name: 'm', version: '2', provider },
      () => true,
      () => null,
    );
    expect(await read('millrace_scorer_cache_rows_total')).toEqual([
      [{ found: 'hit' }, 3],
      [{ found: 'miss' }, 6],
    ]);
    expect(await read('millrace_scorer_cache_evictions_total')).toEqual([[{}, 1]]);
    expect(await read('millrace_scorer_cache_bytes')).toEqual([[{ model: 'm', version: '1' }, 4096]]);
  });

  it('read how many rows of each source wait', async () => {
    metrics.queue((source) => (source === 'grpc' ? 5 : 0));
    expect(await read('millrace_scorer_queue_rows')).toEqual([[{ source: 'grpc' }, 5]]);
  });
});
