import type { Incident, Severity, StreamStatus } from './api-types.ts';
import { part } from './element.ts';
import type { Snapshot } from './load-snapshot.ts';
import { sayCount, sayStream, sayTime } from './say.ts';
import { show } from './show.ts';

const WORST_FIRST: readonly Severity[] = ['critical', 'warning', 'info'];

const KINDS = [
  { kind: 'performance signal', names: /^(performance|estimate)\./ },
  { kind: 'output', names: /^outputs\./ },
  { kind: 'incoming rate', names: /^(rate\.|dead_letters)/ },
] as const;

/** The first thing to read: is something wrong, since when, how far is that known. */
export function showVerdict({ overview, incidents, stream }: Snapshot): void {
  const open = incidents.filter(({ state }) => state === 'open');
  const worst = WORST_FIRST.find((severity) => open.some((one) => one.severity === severity));
  part('verdict').dataset['severity'] = stream ? (worst ?? 'ok') : 'unknown';
  const title = stream ? titleOf(open, worst) : 'Nothing is known yet';
  show(part('verdict-title'), title, () => [title]);
  const detail = stream
    ? [
        sinceOf(open),
        movedOf(open),
        referenceOf(stream),
        `Counted up to ${sayTime(overview.as_of)}.`,
        silencesOf(overview.silences),
      ].filter(Boolean)
    : ['No window has closed. This page shows the first as soon as it has.'];
  show(part('verdict-detail'), detail, () => [detail.join(' ')]);
}

function titleOf(open: readonly Incident[], worst: Severity | undefined): string {
  if (worst === undefined) return 'Nothing has changed';
  const count = sayCount(open.length, 'incident');
  return `${count} open, ${open.length === 1 ? '' : 'the worst '}${worst}`;
}

/** By what it means, the worst kinds first; one is named, of several it is told how many. */
function movedOf(open: readonly Incident[]): string {
  const byKind = Map.groupBy(
    open,
    ({ signal }): string => KINDS.find(({ names }) => names.test(signal))?.kind ?? 'input',
  );
  const said = [...KINDS.map(({ kind }) => kind), 'input'].flatMap((kind) => {
    const [first, ...others] = byKind.get(kind) ?? [];
    if (!first) return [];
    return [others.length === 0 ? `${kind} ${first.signal}` : sayCount(others.length + 1, kind)];
  });
  return said.length === 0 ? '' : `What moved: ${said.join(', ')}.`;
}

function sinceOf(open: readonly Incident[]): string {
  const [first] = open.map(({ onset }) => onset).sort();
  return first === undefined ? 'No incident is open.' : `The first change began by ${sayTime(first)}.`;
}

/** What windows are compared with, where the version brings no profile. */
function referenceOf({ reference, ...stream }: StreamStatus): string {
  if (!reference) return '';
  const rest = reference.full ? '' : '; it is not full, and until it is nothing is told';
  return `The reference of ${sayStream(stream)} is its first ${sayCount(reference.rows, 'row')}${rest}.`;
}

function silencesOf(silences: Snapshot['overview']['silences']): string {
  const each = silences.map(({ signal, by, until }) => `${signal} by ${by}${until ? ` until ${sayTime(until)}` : ''}`);
  return each.length === 0 ? '' : `Silenced: ${each.join(', ')}.`;
}
