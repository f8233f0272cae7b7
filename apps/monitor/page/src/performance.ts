import type { Address } from './address.ts';
import type { PerformanceWindow } from './api-types.ts';
import { element, part } from './element.ts';
import { Figure } from './figure.ts';
import type { Snapshot } from './load-snapshot.ts';
import { sayNumber, sayShare, sayTime } from './say.ts';
import { show } from './show.ts';
import { showSlices } from './slices.ts';
import { seconds, versionSpans } from './version-spans.ts';

const NAMES: Readonly<Record<string, string>> = {
  accuracy: 'accuracy',
  auc: 'AUC',
  f1: 'F1',
  precision: 'precision',
  recall: 'recall',
  log_loss: 'log loss',
  brier: 'Brier score',
  calibration_error: 'calibration error',
  mae: 'mean absolute error',
  rmse: 'root mean squared error',
  bias: 'bias',
};

const metrics = new Figure();
const coverage = new Figure();

/** What is known of one window end. */
interface Point {
  readonly estimate: { readonly value: number; readonly low: number; readonly high: number } | null;
  readonly realised: number | null;
  readonly coverage: number | null;
}

/** Estimated and realised performance over time; hidden where neither is known. */
export function showPerformance(snapshot: Snapshot, address: Address): void {
  const { estimated, realised } = snapshot;
  const known = Object.keys(NAMES).filter((name) =>
    [...estimated, ...realised].some(({ performance }) => (performance?.metrics[name] ?? null) !== null),
  );
  part('performance').hidden = known.length === 0;
  const [first] = known;
  if (first === undefined) return;
  const metric = known.includes(address.metric) ? address.metric : first;
  fillMetrics(known, metric);
  const points = pointsOf(estimated, realised, metric);
  show(part('performance-now'), [metric, [...points]], () => [sentenceOf(points, NAMES[metric] as string)]);
  draw(points, snapshot, NAMES[metric] as string);
  showSlices(realised, metric, NAMES[metric] as string);
}

function fillMetrics(known: readonly string[], metric: string): void {
  const select = part<HTMLSelectElement>('metric');
  show(select, known, () => known.map((name) => element('option', { value: name }, NAMES[name] as string)));
  select.value = metric;
}

function pointsOf(
  estimated: readonly PerformanceWindow[],
  realised: readonly PerformanceWindow[],
  metric: string,
): ReadonlyMap<string, Point> {
  const ends = [...new Set([...estimated, ...realised].filter(({ judged }) => judged).map(({ end }) => end))].sort();
  const [estimates, truths] = [estimated, realised].map(
    (windows) => new Map(windows.map((one) => [one.end, one.performance])),
  );
  return new Map(
    ends.map((end) => {
      const [before, after] = [estimates?.get(end), truths?.get(end)];
      return [
        end,
        {
          estimate: before?.kind === 'estimated' ? (before.metrics[metric] ?? null) : null,
          realised: after?.kind === 'realised' ? (after.metrics[metric] ?? null) : null,
          coverage: after?.kind === 'realised' ? after.coverage.share : null,
        },
      ];
    }),
  );
}

function sentenceOf(points: ReadonlyMap<string, Point>, name: string): string {
  const all = [...points];
  const told = all.findLast(([, { estimate }]) => estimate !== null);
  const true_ = all.findLast(([, { realised }]) => realised !== null);
  const said = [
    told && `${name} is estimated at ${sayNumber(told[1].estimate?.value)} for the window to ${sayTime(told[0])}`,
    true_ &&
      `the newest window whose labels have come, to ${sayTime(true_[0])}, was worth ${sayNumber(true_[1].realised)}, ${sayShare(true_[1].coverage)} of it labelled`,
  ];
  const text = said.filter(Boolean).join('; ');
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function draw(points: ReadonlyMap<string, Point>, { overview }: Snapshot, name: string): void {
  const all = [...points.values()];
  const ends = [...points.keys()];
  const times = { times: ends.map(seconds), times_said: ends.map(sayTime), spans: versionSpans(overview.streams) };
  const values = all
    .flatMap(({ estimate, realised }) => [estimate?.low, estimate?.high, realised])
    .filter((one) => typeof one === 'number');
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const margin = (high - low || Math.abs(high) || 1) * 0.15;
  const few = ends.length < 60;
  show(part('performance-figures'), 'both', () => [metrics.root, coverage.root]);
  metrics.draw({
    ...times,
    title: `${name} by the end of the window, estimated and realised`,
    height: 220,
    say: sayNumber,
    range: [low - margin, high + margin],
    lines: [
      {
        label: 'estimate at most',
        colour: '--estimate-edge',
        values: all.map(({ estimate }) => estimate?.high ?? null),
        width: 0.5,
        say: sayNumber,
      },
      {
        label: 'at least',
        colour: '--estimate-edge',
        values: all.map(({ estimate }) => estimate?.low ?? null),
        band: true,
        width: 0.5,
        say: sayNumber,
      },
      {
        label: 'estimated',
        colour: '--estimate',
        values: all.map(({ estimate }) => estimate?.value ?? null),
        dash: [5, 3],
        points: few,
        say: sayNumber,
      },
      {
        label: 'realised',
        colour: '--accent',
        values: all.map(({ realised }) => realised),
        width: 2,
        points: few,
        say: sayNumber,
      },
    ],
  });
  coverage.draw({
    ...times,
    spans: [],
    title: 'Coverage: the share of predictions whose label has come, by the end of the window',
    height: 150,
    say: sayShare,
    range: [0, 1],
    lines: [
      {
        label: 'labelled',
        colour: '--accent',
        values: all.map((one) => one.coverage),
        fill: '--accent-fill',
        points: few,
        say: sayShare,
      },
    ],
  });
}
