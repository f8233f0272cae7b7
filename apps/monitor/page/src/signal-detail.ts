import { go, type Address } from './address.ts';
import type { Incident, Series } from './api-types.ts';
import { badge } from './badge.ts';
import { showDistribution } from './distribution.ts';
import { breakable, element, part } from './element.ts';
import { Figure } from './figure.ts';
import type { Snapshot } from './load-snapshot.ts';
import type { RankedSignal } from './rank-signals.ts';
import { sayMove, sayNumber, sayTime } from './say.ts';
import { show } from './show.ts';
import type { ChartSpan } from './time-chart.ts';
import { seconds, versionSpans } from './version-spans.ts';
import { showWords } from './words.ts';

const figure = new Figure((index) => choose(index));
/** Of what is drawn. */
let drawn: Series | null = null;

/** One signal: how far from its reference, since when, and where its values lie now. */
export function showSignal(snapshot: Snapshot, ranked: RankedSignal, address: Address): void {
  const { signal } = ranked;
  show(part('signal-title'), signal, () => breakable(signal));
  const own = snapshot.incidents.filter(
    (one) =>
      one.signal === signal && one.version === snapshot.stream?.version && one.variant === snapshot.stream.variant,
  );
  show(part('signal-facts'), [ranked, own], () => factsOf(ranked, own));
  drawDistance(snapshot, signal, own);
  showWords(ranked, own, snapshot.overview.silences);
  fillWindows(snapshot, address);
  showDistribution(signal, snapshot.distributions);
}

/** Windows of predictions are kept bin by bin; the newest comes first. */
function fillWindows({ series }: Snapshot, { window }: Address): void {
  const ends = series.find(({ subject }) => subject === 'rows')?.end ?? [];
  const select = part<HTMLSelectElement>('window');
  show(select, ends, () => [
    element('option', { value: '' }, 'the newest'),
    ...ends.toReversed().map((end) => element('option', { value: end }, `to ${sayTime(end)}`)),
  ]);
  select.value = window;
}

function choose(index: number): void {
  const end = drawn?.subject === 'rows' ? drawn.end[index] : undefined;
  if (end !== undefined) go({ window: end });
}

function factsOf({ state, severity, psi, floor }: RankedSignal, own: readonly Incident[]): readonly Node[] {
  const states = element('p', {}, badge(state, severity));
  states.append(` PSI ${sayNumber(psi)} in the newest window, floor ${sayNumber(floor)}`);
  if (own.length === 0) return [states];
  return [states, element('ul', { class: 'facts' }, ...own.map((one) => element('li', {}, sayIncident(one))))];
}

function sayIncident({ onset, opened_at: opened, resolved_at: resolved, moved, acknowledged }: Incident): string {
  const end = resolved === null ? 'still open' : `resolved ${sayTime(resolved)}`;
  const bins = moved.map(sayMove).join('; ');
  const known = acknowledged ? `; known to ${acknowledged.by}` : '';
  return `Changed since ${sayTime(onset)}, opened ${sayTime(opened)}, ${end}${known}. Moved: ${bins}`;
}

function drawDistance({ series, overview }: Snapshot, signal: string, own: readonly Incident[]): void {
  const container = part('psi-figure');
  const found = series.find((one) => signal in one.signals);
  const columns = found?.signals[signal];
  if (!found || !columns) {
    container.replaceChildren('No window of it has closed.');
    return;
  }
  drawn = found;
  if (!container.contains(figure.root)) container.replaceChildren(figure.root);
  figure.draw({
    title: `PSI of ${signal} by the end of the window, with its floor and what an unchanged window stays below`,
    times: found.end.map(seconds),
    times_said: found.end.map(sayTime),
    height: 220,
    say: sayNumber,
    spans: [...versionSpans(overview.streams), ...own.flatMap((one) => incidentSpans(one, overview.as_of))],
    lines: [
      {
        label: 'unchanged below',
        colour: '--null',
        values: columns.null_quantile,
        fill: '--null-fill',
        width: 1,
        say: sayNumber,
      },
      { label: 'floor', colour: '--floor', values: columns.floor, dash: [7, 4], say: sayNumber },
      {
        label: 'PSI',
        colour: '--accent',
        values: columns.psi,
        width: 2,
        points: found.end.length < 60,
        say: sayNumber,
      },
    ],
  });
}

/** From the onset to the end, the part in which it was told darker. */
function incidentSpans(
  { onset, opened_at: opened, resolved_at: resolved }: Incident,
  asOf: string | null,
): readonly ChartSpan[] {
  const to = seconds(resolved ?? asOf ?? opened);
  return [
    { from: seconds(onset), to: seconds(opened), colour: '--onset' },
    { from: seconds(opened), to: Math.max(to, seconds(opened)), colour: '--incident' },
  ];
}
