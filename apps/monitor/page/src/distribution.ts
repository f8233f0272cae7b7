import type { Distribution, Distributions } from './api-types.ts';
import { element, part } from './element.ts';
import { sayBin, sayShare, sayTime } from './say.ts';
import { show } from './show.ts';

/** Shares of the bins, reference beside newest window: a table whose cells have bars, so that all read the same. */
export function showDistribution(signal: string, { window, signals }: Distributions): void {
  const found = signals.find((one) => one.signal === signal);
  show(part('distribution'), [found ?? signal, window], () => {
    if (!found) return [element('p', {}, `${signal} has no bins: its distance is all that is kept.`)];
    const title = window
      ? `Shares in the reference${sayHours(window.by_hour)} and in the window to ${sayTime(window.end)}`
      : 'Shares in the reference';
    return [tableOf(found, title)];
  });
}

/** What the window is compared with: the same hours of the week, as far as the reference has them. */
function sayHours(share: number | undefined): string {
  if (share === undefined) return '';
  if (share === 0) return ' (of all hours: none is known by hour)';
  return share === 1
    ? ' of the same hours of the week'
    : ` (of the same hours of the week for ${sayShare(share)} of the rows)`;
}

function tableOf({ bins, reference, counts }: Distribution, title: string): HTMLElement {
  const [before, after] = [shares(reference), counts && shares(counts)];
  const top = Math.max(...before, ...(after ?? []));
  const rows = bins.flatMap((bin, i) => {
    const [from, to] = [before[i] as number, after?.[i] ?? null];
    return from === 0 && !to ? [] : [rowOf(bin, from, to, top)]; // a special bin that never was
  });
  const head = ['Bin', 'Reference', 'Window', 'Difference'];
  return element(
    'table',
    { class: 'shares' },
    element('caption', {}, title),
    element('thead', {}, element('tr', {}, ...head.map((text) => element('th', { scope: 'col' }, text)))),
    element('tbody', {}, ...rows),
  );
}

function rowOf(bin: string, from: number, to: number | null, top: number): HTMLElement {
  const change = to === null ? '–' : `${to >= from ? '+' : '−'}${sayShare(Math.abs(to - from))}`;
  return element(
    'tr',
    {},
    element('th', { scope: 'row' }, sayBin(bin)),
    element('td', {}, bar(from / top, 'reference'), sayShare(from)),
    element('td', {}, bar((to ?? 0) / top, 'window'), sayShare(to)),
    element('td', { class: 'number' }, change),
  );
}

function bar(share: number, name: string): HTMLElement {
  const made = element('span', { class: `bar ${name}` });
  made.style.setProperty('--share', String(share));
  return made;
}

function shares(counts: readonly number[]): readonly number[] {
  const all = counts.reduce((sum, count) => sum + count, 0) || 1;
  return counts.map((count) => count / all);
}
