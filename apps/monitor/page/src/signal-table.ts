import { writeAddress, type Address } from './address.ts';
import { badge } from './badge.ts';
import { breakable, element, part } from './element.ts';
import type { RankedSignal } from './rank-signals.ts';
import { sayCount, sayDay, sayNumber } from './say.ts';
import { show } from './show.ts';
import { sparkline } from './sparkline.ts';

/** So many are shown at first: who wants the quiet ones asks for them. */
const MOST = 20;

/** The signals of a stream that the filter lets through, the chosen one marked. */
export function showSignals(ranked: readonly RankedSignal[], chosen: string, address: Address): void {
  const { name, state } = address;
  const lets = (one: RankedSignal): boolean =>
    one.signal.toLowerCase().includes(name.toLowerCase()) && (state === '' || one.state === state);
  const found = ranked.filter(lets);
  const count = `${found.length === ranked.length ? '' : `${found.length} of `}${sayCount(ranked.length, 'signal')}`;
  show(part('filter-count'), count, () => [count]);
  const shown = address.rows === 'all' ? found : found.slice(0, MOST);
  const more = part('more');
  more.hidden = shown.length === found.length;
  show(more, found.length, () => [`Show all ${found.length}`]);
  show(part('signal-table'), [shown, chosen, address], () => [
    shown.length === 0 ? element('p', {}, 'No signal is named so and in that state.') : tableOf(shown, chosen, address),
  ]);
}

function tableOf(found: readonly RankedSignal[], chosen: string, address: Address): HTMLElement {
  const head = ['Signal', 'State', 'PSI', 'Floor', 'Windows', 'Changed since'];
  return element(
    'table',
    { class: 'signals' },
    element('thead', {}, element('tr', {}, ...head.map((title) => element('th', { scope: 'col' }, title)))),
    element('tbody', {}, ...found.map((one) => rowOf(one, chosen, address))),
  );
}

function rowOf(
  { signal, state, severity, onset, psi, floor, history }: RankedSignal,
  chosen: string,
  address: Address,
) {
  const href = writeAddress({ ...address, signal });
  const link = element(
    'a',
    { href, id: `signal ${signal}`, 'aria-current': signal === chosen ? 'true' : null },
    ...breakable(signal),
  );
  return element(
    'tr',
    {},
    element('th', { scope: 'row' }, link),
    element('td', {}, badge(state, severity)),
    element('td', { class: 'number' }, sayNumber(psi)),
    element('td', { class: 'number' }, sayNumber(floor)),
    element('td', {}, sparkline(history, floor)),
    element('td', {}, severity !== null || state === 'suspected' ? sayDay(onset) : ''),
  );
}
