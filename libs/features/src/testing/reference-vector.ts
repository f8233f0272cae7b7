import type { Value } from '@millrace/core';
import { parseEventTime, type EventPayload, type Plan, type WindowFeature } from '@millrace/pipeline';

import type { FileEvent } from '../offline/file-event.ts';

interface Counted {
  readonly at: number;
  readonly id: string;
  readonly value: Value;
}

/**
 * The windows of a request, straight from the definition and by brute force: look at every event there is, keep those
 * of the window, take what the feature takes. Shares no code with what it checks.
 */
export function referenceWindows(
  plan: Plan,
  request: FileEvent,
  events: readonly FileEvent[],
): ReadonlyMap<string, number> {
  const windows = plan.vector.filter((feature): feature is WindowFeature => feature.kind === 'window');
  return new Map(windows.map((feature) => [feature.name, referenceValue(plan, feature, request, events)]));
}

function referenceValue(plan: Plan, feature: WindowFeature, request: FileEvent, events: readonly FileEvent[]): number {
  const t = timeOf(plan, request);
  const by = plan.stages[feature.stage]!.by;
  const seen = new Set<string>();
  const window: Counted[] = [];
  for (const event of events) {
    if (event.type !== feature.from) continue;
    if (
      by.some((field) => (request.payload[field] ?? null) === null || event.payload[field] !== request.payload[field])
    )
      continue;
    const at = timeOf(plan, event);
    if (!(t - feature.overMs < lastOfPane(feature, at) && at < t)) continue;
    const id = String(event.payload['id']);
    if (seen.has(`${at} ${id}`)) continue;
    const value = valueOf(feature, event.payload);
    if (feature.where === null || feature.where.evaluate(event.payload) === true) seen.add(`${at} ${id}`);
    if (value !== null) window.push({ at, id, value });
  }
  window.sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
  return take(feature, window, t) ?? feature.default;
}

/** The last millisecond that is seen together with `at`. */
function lastOfPane({ resolutionMs }: WindowFeature, at: number): number {
  return resolutionMs === null ? at : at - (at % resolutionMs) + resolutionMs - 1;
}

function valueOf({ where, of }: WindowFeature, payload: EventPayload): Value {
  if (where !== null && where.evaluate(payload) !== true) return null;
  return of === null ? true : of.evaluate(payload);
}

function take({ take: what }: WindowFeature, window: readonly Counted[], t: number): number | null {
  if (what === 'count') return window.length;
  if (what === 'distinct') return new Set(window.map(({ value }) => value)).size;
  if (window.length === 0) return null;
  if (what === 'time_since_last') return (t - window.at(-1)!.at) / 1000;
  const values = window.map(({ value }) => Number(value));
  const sum = values.reduce((total, value) => total + value, 0);
  const mean = sum / values.length;
  if (what === 'sum') return sum;
  if (what === 'mean') return mean;
  if (what === 'min') return values.toSorted((a, b) => a - b)[0]!;
  if (what === 'max') return values.toSorted((a, b) => b - a)[0]!;
  if (what === 'first') return values[0]!;
  if (what === 'last') return values.at(-1)!;
  if (values.length < 2) return null;
  return Math.sqrt(values.reduce((total, value) => total + (value - mean) ** 2, 0) / (values.length - 1));
}

function timeOf(plan: Plan, { type, payload }: FileEvent): number {
  const field = plan.events.find((event) => event.type === type)?.time ?? 'at';
  return parseEventTime(payload[field]) ?? Number.NaN;
}
