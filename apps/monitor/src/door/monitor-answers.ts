import { AppError } from '@millrace/core';
import {
  seasonalSignal,
  type AlertNote,
  type IncidentHistory,
  type MonitorView,
  type SilenceNote,
  type WatchedStream,
  type WindowNote,
} from '@millrace/drift';
import type { Plan } from '@millrace/pipeline';
import { EVENT_STREAM, rfc3339 } from '@millrace/records';

import { liveModel } from '../live-reference.ts';
import type { MonitoredModel } from '../monitored-model.ts';
import { seriesAnswer } from './series-answer.ts';

/** Which stream of windows is meant. */
export interface StreamChoice {
  readonly version?: string | undefined;
  readonly variant?: string | undefined;
}

/** All that is watched, and how it stands. */
export function overview(view: MonitorView, { name, featureSet, predict }: Plan): object {
  return {
    pipeline: name,
    model: predict.model,
    feature_set: featureSet,
    as_of: timeOrNull(view.horizon),
    streams: view.streams.map((stream) => streamAnswer(stream, view)),
    open_incidents: view.incidents.filter(({ state }) => state === 'open').map((found) => incidentAnswer(found, view)),
    silences: view.silences.map(silenceAnswer),
  };
}

/**
 * The reference of each signal, and what a window counted on the same bins: the newest that was judged, or the one that ends so.
 *
 * @throws AppError `QUERY_INVALID` where no window that is kept ends so
 */
export function signalsAnswer(
  view: MonitorView,
  choice: StreamChoice & { readonly end?: string | undefined },
  models: ReadonlyMap<string, MonitoredModel>,
  plan: Plan,
): object {
  const { version, variant } = chosen(view, choice);
  const shown = shownWindow(view.windows(version, variant), choice.end);
  const live = view.liveProfile(version);
  const signals = (models.get(version) ?? (live && liveModel(live, plan)))?.signals ?? [];
  return {
    version,
    variant,
    reference: view.liveReference(version),
    window: shown ? { start: shown.start, end: shown.end, rows: shown.rows, ...byHour(shown) } : null,
    signals: signals.map(({ signal: watched, rule }) => {
      const signal = shown ? seasonalSignal(watched, shown) : watched;
      const counts = shown?.counts[signal.slot];
      return {
        signal: signal.name,
        output: signal.output,
        floor: rule.floor,
        bins: signal.labels,
        reference: signal.reference,
        counts: counts ? signal.project(counts) : null,
      };
    }),
  };
}

function shownWindow(windows: readonly WindowNote[], wanted: string | undefined): WindowNote | undefined {
  if (wanted === undefined) return windows.findLast(({ judged }) => judged);
  const found = windows.findLast(({ end }) => end === wanted);
  if (found) return found;
  const [first, last] = [windows[0], windows.at(-1)];
  const kept =
    first && last ? `that of a window that is kept, from ${first.end} to ${last.end}` : 'none: no window has closed';
  throw new AppError('QUERY_INVALID', `found end=${JSON.stringify(wanted)}; allowed is ${kept}.`);
}

/** Closed windows of a stream of all subjects, by column. */
export function seriesOf(view: MonitorView, choice: StreamChoice): object {
  return seriesAnswer(view, chosen(view, choice));
}

/** Closed windows of a stream in their order, with one signal's numbers or all. */
export function windowsAnswer(
  view: MonitorView,
  choice: StreamChoice & { readonly subject?: string | undefined; readonly signal?: string | undefined },
): object {
  const { version, variant } = chosen(view, choice);
  const { subject = 'rows', signal } = choice;
  return {
    version,
    variant,
    subject,
    windows: view.windows(version, variant, subject).map((window) => windowAnswer(window, signal)),
  };
}

export function incidentAnswer(incident: IncidentHistory, view: MonitorView): object {
  const { id, signal, state, resolved_at, alerts } = incident;
  const { group, version, variant, feature_set, reference, opened_at, onset } = alerts[0] as AlertNote;
  const { severity, effect, floor, moved } = alerts.at(-1) as AlertNote;
  return {
    id,
    group,
    signal,
    version,
    variant,
    feature_set,
    ...(reference && { reference }),
    severity,
    state,
    opened_at,
    onset,
    resolved_at,
    acknowledged: view.acknowledgedOf(incident),
    effect,
    floor,
    moved,
    alerts: alerts.length,
  };
}

function streamAnswer({ version, variant, watches }: WatchedStream, view: MonitorView) {
  const windows = view.windows(version, variant, version === EVENT_STREAM.version ? 'events' : 'rows');
  const last = windows.at(-1);
  return {
    version,
    variant,
    reference: view.liveReference(version),
    windows: windows.length,
    since: windows[0]?.start ?? null,
    latest: last ? { start: last.start, end: last.end, rows: last.rows, judged: last.judged } : null,
    signals: [...watches].map(([signal, { state, onset }]) => ({ signal, state, onset: timeOrNull(onset) })),
  };
}

function windowAnswer(
  { start, end, rows, judged, reference, signals, performance = null, ...window }: WindowNote,
  signal: string | undefined,
) {
  const chosenSignals = Object.entries(signals).filter(([name]) => signal === undefined || name === signal);
  return {
    start,
    end,
    rows,
    judged,
    ...(reference && { reference }),
    ...byHour(window),
    performance,
    signals: Object.fromEntries(chosenSignals),
  };
}

function byHour({ by_hour }: Pick<WindowNote, 'by_hour'>) {
  return by_hour === undefined ? {} : { by_hour };
}

function silenceAnswer({ signal, by, until }: SilenceNote) {
  return { signal, by, until: timeOrNull(until) };
}

/** @throws AppError `MODEL_NOT_FOUND` where no window of it has closed */
function chosen({ streams }: MonitorView, { version, variant }: StreamChoice): WatchedStream {
  const found = streams.findLast(
    (stream) =>
      (version === undefined ? stream.version !== EVENT_STREAM.version : version === stream.version) &&
      (variant ?? stream.variant) === stream.variant,
  );
  if (found) return found;
  const known = streams.map((stream) => `${stream.version}/${stream.variant}`).join(', ');
  throw new AppError(
    'MODEL_NOT_FOUND',
    `found ${version ?? 'any version'}/${variant ?? 'any variant'}; windows have closed of ${known || 'none yet'}.`,
  );
}

function timeOrNull(ms: number | null): string | null {
  return ms === null ? null : rfc3339(ms);
}
