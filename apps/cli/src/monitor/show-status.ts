import type { IncidentHistory, MonitorView, SilenceNote, WatchedStream } from '@millrace/drift';
import type { Plan } from '@millrace/pipeline';
import { rfc3339 } from '@millrace/records';
import type { Log } from '@millrace/stream';

import { printJson, printLine, type CliContext } from '../context.ts';
import { readView } from './read-view.ts';

/** What the monitor knows: windows, how the signals stand, open incidents, silences. */
export async function showStatus(log: Log, plan: Plan, json: boolean, context: CliContext): Promise<void> {
  const view = await readView(log, plan, context.signal);
  if (json) return printJson(context, statusOf(view, plan));
  const open = openOf(view);
  const lines = [
    `${plan.name} ${plan.predict.model}: ${view.horizon === null ? 'nothing has been counted yet' : `counted up to ${rfc3339(view.horizon)}`}`,
    ...view.streams.map((stream) => streamLine(stream, view)),
    `${open.length || 'no'} open incident${open.length === 1 ? '' : 's'}`,
    ...open.map((incident) => incidentLine(incident, view)),
    ...view.silences.map(silenceLine),
  ];
  printLine(context, lines.join('\n'));
}

function openOf({ incidents }: MonitorView): readonly IncidentHistory[] {
  return incidents.filter(({ state }) => state === 'open');
}

function streamLine({ version, variant, watches }: WatchedStream, view: MonitorView): string {
  const states = Map.groupBy(watches.values(), ({ state }) => state);
  const counts = [...states].map(([state, signals]) => `${signals.length} ${state}`);
  const last = view.windows(version, variant).at(-1);
  return `version ${version} (${variant}): ${[...counts, ...liveNote(version, view)].join(', ')}${last ? `; latest window ${last.start} to ${last.end}, ${last.rows} rows` : ''}`;
}

/** Where a version has no profile. */
function liveNote(version: string, view: MonitorView): readonly string[] {
  const live = view.liveReference(version);
  if (!live) return [];
  return [
    live.full ? `compared with ${live.rows} live rows` : `reference is being learnt, ${live.rows} live rows so far`,
  ];
}

function incidentLine(incident: IncidentHistory, view: MonitorView): string {
  const last = incident.alerts.at(-1);
  const known = view.acknowledgedOf(incident);
  const effect = last?.effect === undefined ? '' : `  effect ${Number(last.effect.toPrecision(3))}`;
  return `  ${incident.id}  ${last?.severity ?? ''}${effect}${known ? `  acknowledged by ${known.by}` : ''}`;
}

function silenceLine({ signal, until, by }: SilenceNote): string {
  return `silenced: ${signal} ${until === null ? 'from the first window on' : `until ${rfc3339(until)}`}, by ${by}`;
}

function statusOf(view: MonitorView, { name, featureSet, predict }: Plan): object {
  return {
    pipeline: name,
    model: predict.model,
    feature_set: featureSet,
    as_of: view.horizon === null ? null : rfc3339(view.horizon),
    streams: view.streams.map(({ version, variant, watches }) => ({
      version,
      variant,
      reference: view.liveReference(version),
      windows: view.windows(version, variant).length,
      signals: [...watches].map(([signal, { state }]) => ({ signal, state })),
    })),
    open_incidents: openOf(view).map((incident) => ({
      ...incident.alerts.at(-1),
      acknowledged: view.acknowledgedOf(incident),
    })),
    silences: view.silences,
  };
}
