import type { Alert } from './alert.ts';

/** Told so long after it was written, it is said to be late. */
const LATE_MS = 10 * 60_000;
const MOST_MOVED = 3;

/** An alert in words. */
export interface AlertText {
  readonly title: string;
  /** Plain text, a fact each. */
  readonly lines: readonly string[];
}

export function describeAlert(alert: Alert): AlertText {
  const { value } = alert;
  const { signal, event, severity, model, version, variant, window, onset, opened_at: openedAt } = value;
  const which = variant === 'champion' ? `${model} ${version}` : `${model} ${version} (${variant})`;
  return {
    title: `[${severity}] ${signal} ${wordFor(event)}: ${which}`,
    lines: [
      ...staleness(alert),
      `window ${window.start} to ${window.end}${value.rows === undefined ? '' : `, ${count(value.rows)} rows`}`,
      event === 'opened' ? `changed since ${onset}` : `changed since ${onset}, open since ${openedAt}`,
      ...effectOf(alert),
      ...movedIn(alert),
      ...(value.example === undefined ? [] : [`for example ${value.example}`]),
      `incident ${value.id}`,
      ...(value.links?.trace === undefined ? [] : [`a prediction of the window is in trace ${value.links.trace}`]),
      ...(alert.page === null ? [] : [`to look at: ${alert.page}`]),
    ],
  };
}

function wordFor(event: Alert['value']['event']): string {
  return event === 'reminded' ? 'is still open' : event;
}

function staleness({ ageMs, overSince }: Alert): readonly string[] {
  return [
    ...(overSince ? ['it is resolved by now'] : []),
    ...(ageMs >= LATE_MS ? [`told ${duration(ageMs)} late: it could not be told before`] : []),
  ];
}

function effectOf({ value: { effect, floor } }: Alert): readonly string[] {
  if (effect === undefined) return [];
  return [`effect ${short(effect)}${floor === undefined ? '' : ` (floor ${short(floor)})`}`];
}

function movedIn({ value: { moved = [], event } }: Alert): readonly string[] {
  if (event === 'resolved') return [];
  return moved
    .slice(0, MOST_MOVED)
    .map(({ bin, from, to }) => `moved: ${boundsOf(bin)} from ${percent(from)} to ${percent(to)}`);
}

/** Numbers in a bin's name, shorter. */
function boundsOf(bin: string): string {
  return bin.replaceAll(/-?\d+\.\d+(e[+-]?\d+)?/g, (number) => short(Number(number)));
}

function short(value: number): string {
  return String(Number(value.toPrecision(3)));
}

function percent(share: number): string {
  return `${short(share * 100)} %`;
}

function count(rows: number): string {
  return rows.toLocaleString('en-US');
}

function duration(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  return minutes < 120 ? `${minutes} minutes` : `${Math.round(minutes / 60)} hours`;
}
