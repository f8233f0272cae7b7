import { MetricRegistry, openLogs, type Histogram } from '@millrace/platform';
import { beforeEach, describe, expect, it } from 'vitest';

import { ScorerMetrics } from './scorer.metrics.ts';

describe('ScorerMetrics', () => {
  let registry: MetricRegistry;
  let metrics: ScorerMetrics;

  beforeEach(() => {
    registry = new MetricRegistry();
    metrics = new ScorerMetrics(registry, openLogs('silent').service('scorer'));
  });

  /** The values of a metric that are not zero, by their attributes. */
  function read(of: string): readonly (readonly [unknown, unknown])[] {
    const found = registry.families().find(({ name }) => name === of);
    return (found?.points ?? []).flatMap(({ labels, value }) =>
      (typeof value === 'number' ? value : value.count) > 0 ? [[labels, value] as const] : [],
    );
  }

  it('count batches by reason, and how long the rows of each source waited', () => {
    const parts = [
      { source: 'topic', rows: 30, waitedMs: 3 },
      { source: 'rest', rows: 2, waitedMs: 50 },
    ] as const;
    metrics.batch({ reason: 'full', rows: 32, waitedMs: 50, tookMs: 0.4, oldestAgeMs: 52, parts });
    expect(read('millrace_scorer_batches_total')).toEqual([[{ reason: 'full' }, 1]]);
    const waits = read('millrace_scorer_row_wait_seconds');
    expect(waits).toMatchObject([
      [{ source: 'topic' }, { count: 30, sum: 0.09 }],
      [{ source: 'rest' }, { count: 2, sum: 0.1 }],
    ]);
  });

  it('tell batches apart that take less than a millisecond', () => {
    for (const tookMs of [0.05, 0.4])
      metrics.batch({ reason: 'idle', rows: 1, waitedMs: 0, tookMs, oldestAgeMs: tookMs, parts: [] });
    const [[, seconds] = []] = read('millrace_scorer_batch_seconds');
    expect(Array.from((seconds as Histogram).counts.slice(0, 4))).toEqual([1, 0, 1, 0]);
  });

  it('count rows that were not computed by source and reason', () => {
    metrics.dropped('rest', 'refused', 7);
    metrics.dropped('grpc', 'expired', 2);
    expect(read('millrace_scorer_dropped_rows_total')).toEqual([
      [{ source: 'rest', why: 'refused' }, 7],
      [{ source: 'grpc', why: 'expired' }, 2],
    ]);
  });

  const LOADED = { model: 'm', version: '1', provider: 'cpu', refused: [], cachedBytes: null };

  it('name each version while it is loaded, and the providers that do not run it though they are preferred', () => {
    let loaded = [{ ...LOADED, refused: [{ provider: 'cuda' }] }];
    metrics.loaded(() => loaded);
    expect(read('millrace_scorer_model_info')).toEqual([[{ model: 'm', version: '1', provider: 'cpu' }, 1]]);
    expect(read('millrace_scorer_refused_providers')).toEqual([[{ model: 'm', version: '1', provider: 'cuda' }, 1]]);
    loaded = [];
    expect(read('millrace_scorer_model_info')).toEqual([]);
    expect(read('millrace_scorer_refused_providers')).toEqual([]);
  });

  it('count rows that were looked for in the cache, what had to go, and what it takes for each version that has one', () => {
    metrics.looked(3, 5);
    metrics.looked(0, 1);
    metrics.evicted();
    metrics.loaded(() => [
      { ...LOADED, cachedBytes: 4096 },
      { ...LOADED, version: '2' },
    ]);
    expect(read('millrace_scorer_cache_rows_total')).toEqual([
      [{ found: 'hit' }, 3],
      [{ found: 'miss' }, 6],
    ]);
    expect(read('millrace_scorer_cache_evictions_total')).toEqual([[{}, 1]]);
    expect(read('millrace_scorer_cache_bytes')).toEqual([[{ model: 'm', version: '1' }, 4096]]);
  });

  it('read how many rows of each source wait', () => {
    metrics.queue((source) => (source === 'grpc' ? 5 : 0));
    expect(read('millrace_scorer_queue_rows')).toEqual([[{ source: 'grpc' }, 5]]);
  });
});
