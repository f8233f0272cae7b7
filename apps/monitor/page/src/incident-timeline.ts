import { streamName, writeAddress } from './address.ts';
import type { Incident } from './api-types.ts';
import { element, part } from './element.ts';
import type { Snapshot } from './load-snapshot.ts';
import { sayDay, sayStream, sayTime } from './say.ts';
import { show } from './show.ts';
import { seconds, versionSpans } from './version-spans.ts';

/** Signals with a line of their own; what changed last has the first. */
const MOST = 15;

/** Each incident as a bar from its onset to its end, one line per signal, versions behind: a list of links that says the same in words. */
export function showTimeline({ overview, incidents }: Snapshot): void {
  const { streams, as_of: asOf } = overview;
  part('timeline').hidden = incidents.length === 0;
  const lines = [...Map.groupBy(incidents, (one) => JSON.stringify([streamName(one), one.signal])).values()];
  show(part('timeline-chart'), [incidents, asOf, streams.map(({ since, latest }) => [since, latest])], () => {
    const versions = versionSpans(streams);
    const starts = [...versions.map(({ from }) => from), ...incidents.map(({ onset }) => seconds(onset))];
    const from = Math.min(...starts);
    const to = Math.max(asOf === null ? from + 1 : seconds(asOf), ...incidents.map(({ opened_at: at }) => seconds(at)));
    const place = (at: number): number => (at - from) / (to - from || 1);
    const backs = versions.map((span) => {
      const back = element('span', { class: 'version' }, span.label ?? '');
      put(back, place(span.from), place(span.to));
      back.style.setProperty('background', `var(${span.colour})`);
      return back;
    });
    const rows = lines.slice(0, MOST).map((line) => lineOf(line, place, to));
    const left = lines.length - rows.length;
    return [
      element('div', { class: 'versions' }, ...backs),
      element('ul', {}, ...rows),
      element('p', { class: 'ends' }, element('span', {}, sayDay(isoOf(from))), element('span', {}, sayDay(isoOf(to)))),
      ...(left > 0 ? [element('p', {}, `${left} more signals had incidents before these.`)] : []),
    ];
  });
}

function lineOf(line: readonly Incident[], place: (at: number) => number, now: number): HTMLElement {
  const [{ signal }] = line as [Incident];
  const bars = line.map((incident) => {
    const { onset, opened_at: opened, resolved_at: resolved, severity } = incident;
    const end = resolved === null ? 'still open' : `resolved ${sayTime(resolved)}`;
    const said = `${signal}, ${sayStream(incident)}: ${severity}, changed since ${sayTime(onset)}, opened ${sayTime(opened)}, ${end}`;
    const href = writeAddress({ stream: streamName(incident), signal });
    const bar = element('a', {
      href,
      class: `span ${severity}`,
      'aria-label': said,
      title: said,
      id: `span ${incident.id}`,
    });
    const until = resolved === null ? now : seconds(resolved);
    put(bar, place(seconds(onset)), place(until));
    bar.style.setProperty('--opened', `${(100 * (seconds(opened) - seconds(onset))) / (until - seconds(onset) || 1)}%`);
    return bar;
  });
  return element(
    'li',
    {},
    element('span', { class: 'name', 'aria-hidden': 'true' }, signal),
    element('span', { class: 'track' }, ...bars),
  );
}

function put(what: HTMLElement, from: number, to: number): void {
  what.style.setProperty('left', `${from * 100}%`);
  what.style.setProperty('width', `${Math.max(to - from, 0.004) * 100}%`);
}

function isoOf(at: number): string {
  return new Date(at * 1000).toISOString();
}
