import { describe, expect, it } from 'vitest';

import { problemOf, selectorsOf } from './metric-selectors.ts';

const problems = (expression: string): readonly (string | null)[] =>
  selectorsOf(expression).map((selector) => problemOf(selector, new Set(['a:recorded:one'])));

describe('selectorsOf', () => {
  it('finds every metric of an expression with the labels that it is selected by, grouping apart', () => {
    expect(
      selectorsOf(
        'sum by (stage, code) (rate(a_total{stage="x", code=~"y|z"}[5m])) / on (stage) group_left (why) sum by (stage) (b{job="j"}) > 0',
      ),
    ).toEqual([
      { metric: 'a_total', labels: ['stage', 'code'] },
      { metric: 'b', labels: ['job'] },
    ]);
  });

  it.each(['sum(', 'rate(a[5m]', 'a{stage=}', 'sum by stage (a)'])('does not parse %s', (expression) => {
    expect(() => selectorsOf(expression)).toThrow(/cannot be parsed/);
  });
});

describe('problemOf', () => {
  it.each([
    ['millrace_stage_records_total{stage="scorer",instance="a"}', null],
    ['millrace_stage_latency_seconds_bucket{le="0.5"}', null],
    ['a:recorded:one', null],
    ['up{job="ingest"}', null],
    ['millrace_stage_record_total', 'there is no metric millrace_stage_record_total'],
    ['millrace_stage_latency_seconds', 'there is no metric millrace_stage_latency_seconds'],
    ['millrace_stage_records_total_count', 'there is no metric millrace_stage_records_total_count'],
    ['millrace_stage_records_total{code="x"}', 'millrace_stage_records_total has no label code'],
    ['millrace_stage_latency_seconds_sum{le="1"}', 'millrace_stage_latency_seconds_sum has no label le'],
  ])('of %s is %s', (expression, problem) => {
    expect(problems(expression)).toEqual([problem]);
  });
});
