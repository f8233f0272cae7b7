import { streamName, writeAddress } from './address.ts';
import type { Incident } from './api-types.ts';
import { badge } from './badge.ts';
import { breakable, element, part } from './element.ts';
import { sayMove, sayNumber, sayStream, sayTime } from './say.ts';
import { show } from './show.ts';

const WORST_FIRST = ['critical', 'warning', 'info'];

/** What is open: what it is, since when, and what moved; those that opened with one window together. */
export function showIncidents(incidents: readonly Incident[]): void {
  const open = incidents.filter(({ state }) => state === 'open');
  part('incidents').hidden = open.length === 0;
  show(part('incident-list'), open, () => [...Map.groupBy(open, ({ group }) => group).values()].map(groupOf));
}

function groupOf(group: readonly Incident[]): HTMLElement {
  const [first] = group as [Incident];
  const worst = group.toSorted(
    (a, b) =>
      WORST_FIRST.indexOf(a.severity) - WORST_FIRST.indexOf(b.severity) || b.effect / b.floor - a.effect / a.floor,
  );
  return element(
    'section',
    { class: 'group' },
    element('h3', {}, `Opened ${sayTime(first.opened_at)} `, element('small', {}, sayStream(first))),
    element('ul', {}, ...worst.map(lineOf)),
  );
}

function lineOf(incident: Incident): HTMLElement {
  const { id, signal, severity, onset, effect, floor, moved, acknowledged } = incident;
  const href = writeAddress({ stream: streamName(incident), signal });
  const [most] = moved;
  return element(
    'li',
    {},
    badge(severity),
    element('a', { href, id: `incident ${id}` }, ...breakable(signal)),
    element('span', {}, `since ${sayTime(onset)}`),
    element('span', {}, `effect ${sayNumber(effect)}, floor ${sayNumber(floor)}`),
    element('span', { class: 'moved' }, most ? sayMove(most) : ''),
    element('span', {}, acknowledged ? `known to ${acknowledged.by}` : ''),
  );
}
