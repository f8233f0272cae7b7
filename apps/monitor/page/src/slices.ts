import type { PerformanceWindow, Slice } from './api-types.ts';
import { element, part } from './element.ts';
import { sayNumber, sayShare, sayTime } from './say.ts';
import { show } from './show.ts';

/** A metric by the values of features, in the newest window whose labels have come; hidden where no slices are kept. */
export function showSlices(realised: readonly PerformanceWindow[], metric: string, name: string): void {
  const newest = realised.findLast(({ judged }) => judged);
  const slices = newest?.performance?.kind === 'realised' ? Object.entries(newest.performance.slices ?? {}) : [];
  const container = part('slices');
  container.hidden = slices.length === 0;
  if (!newest || slices.length === 0) return;
  show(container, [slices, metric, newest.end], () =>
    slices.map(([feature, values]) => tableOf(feature, Object.entries(values), { metric, name, end: newest.end })),
  );
}

interface Shown {
  readonly metric: string;
  readonly name: string;
  readonly end: string;
}

function tableOf(
  feature: string,
  values: readonly (readonly [string, Slice])[],
  { metric, name, end }: Shown,
): HTMLElement {
  const most = values.toSorted(([, a], [, b]) => b.matured - a.matured);
  const known = most.some(([, { metrics }]) => metric in metrics);
  const rows = most.map(([value, { matured, labelled, metrics }]) =>
    element(
      'tr',
      {},
      element('th', { scope: 'row' }, value),
      element('td', { class: 'number' }, matured.toLocaleString('en')),
      element('td', { class: 'number' }, sayShare(matured === 0 ? null : labelled / matured)),
      element('td', { class: 'number' }, known ? sayNumber(metrics[metric]) : 'not kept'),
    ),
  );
  const head = [feature, 'Predictions', 'Labelled', name];
  return element(
    'table',
    {},
    element('caption', {}, `By ${feature}, in the newest window whose labels have come, to ${sayTime(end)}`),
    element('thead', {}, element('tr', {}, ...head.map((text) => element('th', { scope: 'col' }, text)))),
    element('tbody', {}, ...rows),
  );
}
