import { describe, expect, it } from 'vitest';

import { expose, expositionFor, OPEN_METRICS, PROMETHEUS_TEXT } from './exposition.ts';
import { MetricRegistry } from './metric-registry.ts';

function registry(): MetricRegistry {
  const metrics = new MetricRegistry();
  metrics.counter('millrace_stage_records_total', { stage: 'a "b"\n\\c' }).add(3);
  metrics.counter('millrace_stage_records_total', { stage: 'd' });
  metrics.histogram('millrace_stage_commit_seconds', { stage: 'd' }).record(0.002, 2);
  metrics.readings('millrace_scorer_cache_bytes', () => []);
  return metrics;
}

describe('expose', () => {
  it('describes a family once, whatever its series, and leaves out one that has none', () => {
    const text = expose(registry().families(), PROMETHEUS_TEXT);
    expect(text.match(/^# (HELP|TYPE) .*/gm)).toEqual([
      '# HELP millrace_stage_records_total records processed and committed',
      '# TYPE millrace_stage_records_total counter',
      '# HELP millrace_stage_commit_seconds one transaction, which begins when its records are processed: sending and committing',
      '# TYPE millrace_stage_commit_seconds histogram',
    ]);
  });

  it('escapes what would end a label', () => {
    const text = expose(registry().families(), PROMETHEUS_TEXT);
    expect(text).toContain('millrace_stage_records_total{stage="a \\"b\\"\\n\\\\c"} 3\n');
  });

  it('counts in each bucket all that is not above its bound', () => {
    const text = expose(registry().families(), PROMETHEUS_TEXT);
    expect(text).toContain('millrace_stage_commit_seconds_bucket{stage="d",le="0.001"} 0\n');
    expect(text).toContain('millrace_stage_commit_seconds_bucket{stage="d",le="0.002"} 2\n');
    expect(text).toContain('millrace_stage_commit_seconds_bucket{stage="d",le="+Inf"} 2\n');
    expect(text).toContain('millrace_stage_commit_seconds_sum{stage="d"} 0.004\n');
    expect(text).toContain('millrace_stage_commit_seconds_count{stage="d"} 2\n');
  });

  it('names a counter without _total in OpenMetrics, its series with it, and ends with # EOF', () => {
    const text = expose(registry().families(), OPEN_METRICS);
    expect(text).toContain('# TYPE millrace_stage_records counter\nmillrace_stage_records_total{');
    expect(text).toContain('le="1.0"');
    expect(text.endsWith('\n# EOF\n')).toBe(true);
  });

  it('shows text and not Markdown in what it says of a metric', () => {
    const metrics = new MetricRegistry();
    metrics.counter('millrace_stage_dead_letters_total', { stage: 'a', code: 'b' });
    expect(expose(metrics.families(), PROMETHEUS_TEXT)).toContain('records given up, by `code` of errors\n');
  });
});

describe('expositionFor', () => {
  it.each([
    ['application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1', OPEN_METRICS],
    ['text/plain', PROMETHEUS_TEXT],
    [undefined, PROMETHEUS_TEXT],
  ])('for %s it is %o', (accept, exposition) => {
    expect(expositionFor(accept)).toBe(exposition);
  });
});
