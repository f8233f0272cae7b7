import { MetricRegistry } from '@millrace/platform';
import { expect, it } from 'vitest';

import { LiveReferenceGauges } from './live-reference-gauges.ts';

it('the gauge of a live reference tells by version how many rows it has, and whether it is full', () => {
  const registry = new MetricRegistry();
  const gauges = new LiveReferenceGauges(registry);
  gauges.set('2', 700, false);
  gauges.set('3', 900, false);
  gauges.set('3', 2100, true);
  const points = registry
    .families()
    .filter(({ name }) => name === 'millrace_monitor_live_reference_rows')
    .flatMap(({ points: found }) => found.map(({ labels, value }) => [labels['version'], labels['full'], value]));
  expect(points).toEqual([
    ['2', 'false', 700],
    ['3', 'true', 2100],
  ]);
});
