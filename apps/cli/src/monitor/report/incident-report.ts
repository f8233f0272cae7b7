import { knownIncident, type AlertNote, type IncidentHistory, type MonitorView } from '@millrace/drift';
import type { Plan } from '@millrace/pipeline';

import type { AffectedRows } from './affected-rows.ts';
import { movedPlot } from './moved-plot.ts';
import { psiPlot, type PsiPoint } from './psi-plot.ts';

/** Windows before the incident that its plot shows. */
const BEFORE = 12;

export interface ReportTable {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A figure: self-contained SVG, and in words what it shows. */
export interface ReportFigure {
  readonly title: string;
  readonly svg: string;
}

export interface ReportSection {
  readonly title: string;
  readonly paragraphs?: readonly string[];
  readonly table?: ReportTable;
  readonly figures?: readonly ReportFigure[];
}

/** The draft of a post-mortem, whatever it is written in. */
export interface IncidentReport {
  readonly title: string;
  readonly sections: readonly ReportSection[];
}

/**
 * What the monitor knows of an incident, as a draft: it tells what happened to the numbers; why, and what it did to whom, is for people to
 * write.
 *
 * @param affected null: which predictions have moved is not known
 * @throws AppError `INCIDENT_NOT_FOUND`
 */
export function incidentReport(
  view: MonitorView,
  id: string,
  { name, names }: Plan,
  affected: AffectedRows | null,
): IncidentReport {
  const incident = knownIncident(view, id);
  const { model, version } = firstOf(incident);
  return {
    title: `Post-mortem (draft): ${incident.signal} of ${model} ${version}`,
    sections: [
      { title: 'Summary', table: { head: ['what', 'value'], rows: factsOf(incident, view, name) } },
      { title: 'Timeline', table: timelineOf(incident, view) },
      { title: 'Evidence', figures: figuresOf(incident, view), table: movedOf(incident) },
      { title: 'Affected predictions', ...affectedPart(affected, firstOf(incident).example) },
      { title: 'Opened with it', ...companionsOf(incident, view) },
      { title: 'Where to look', table: { head: ['what', 'where'], rows: placesOf(incident, names) } },
      ...['What happened', 'Who was affected, and how', 'Why', 'What we change'].map((title) => ({
        title,
        paragraphs: ['(to be written)'],
      })),
    ],
  };
}

function factsOf(incident: IncidentHistory, view: MonitorView, pipeline: string): ReportTable['rows'] {
  const { id, state, alerts } = incident;
  const { model, version, variant, opened_at: openedAt, onset } = firstOf(incident);
  const known = view.acknowledgedOf(incident);
  const effects = alerts.map(({ effect }) => effect);
  return [
    ['incident', id],
    ['pipeline', pipeline],
    ['model', `${model} ${version} (${variant})`],
    ['severity', alerts.at(-1)?.severity ?? ''],
    ['changed since (onset)', onset],
    ['opened', openedAt],
    [state, incident.resolved_at ?? 'not resolved'],
    ['acknowledged', known ? `by ${known.by}, ${known.at}` : 'by nobody'],
    ['largest effect told', `${short(Math.max(...effects))} (floor ${short(firstOf(incident).floor)})`],
    ['predictions affected', affectedOf(incident, view)],
  ];
}

/** All predictions of windows from the onset to the end: each was made while the signal was not what it had been. */
function affectedOf(incident: IncidentHistory, view: MonitorView): string {
  const kept = windowsOf(incident, view).filter((window) => isWithin(window.start, window.end, incident));
  if (kept.length > 0) return `${count(kept)} in ${kept.length} windows since the onset`;
  return `${count(incident.alerts)} in the ${incident.alerts.length} windows with an alert (the log holds no others)`;
}

function isWithin(start: string, end: string, incident: IncidentHistory): boolean {
  const until = incident.resolved_at ?? '9999';
  return Date.parse(start) >= Date.parse(firstOf(incident).onset) && end <= until;
}

function timelineOf(incident: IncidentHistory, view: MonitorView): ReportTable {
  const known = view.acknowledgedOf(incident);
  const told = incident.alerts.map(({ event, window, effect, psi, rows, silenced }) => [
    window.end,
    silenced === true ? `${event} (silenced)` : event,
    short(effect),
    short(psi),
    String(rows),
  ]);
  const onset = [firstOf(incident).onset, 'onset', '', '', ''];
  const acknowledged = known ? [[known.at, `acknowledged by ${known.by} (wall clock)`, '', '', '']] : [];
  return { head: ['time', 'what', 'effect', 'PSI', 'rows of the window'], rows: [onset, ...told, ...acknowledged] };
}

function figuresOf(incident: IncidentHistory, view: MonitorView): readonly ReportFigure[] {
  const first = firstOf(incident);
  return [
    {
      title: `PSI of ${incident.signal}, by the end of the window`,
      svg: psiPlot(pointsOf(incident, view), first.opened_at),
    },
    {
      title: `Shares of the bins that moved most, reference and window to ${first.window.end}`,
      svg: movedPlot(first.moved),
    },
  ];
}

/** As far as the ledger has the windows, else those with an alert. */
function pointsOf(incident: IncidentHistory, view: MonitorView): readonly PsiPoint[] {
  const { signal, alerts } = incident;
  const judged = windowsOf(incident, view).flatMap(({ end, signals }) => {
    const { psi, null_quantile: nullQuantile, floor } = signals[signal] ?? { floor: 0 };
    return psi === undefined ? [] : [{ end, psi, nullQuantile: nullQuantile ?? 0, floor }];
  });
  const opens = judged.findIndex(({ end }) => end >= firstOf(incident).opened_at);
  const last = incident.resolved_at ?? '9999';
  const shown = opens < 0 ? [] : judged.slice(Math.max(0, opens - BEFORE)).filter(({ end }) => end <= last);
  if (shown.length > 0) return shown;
  return alerts.map(({ window, psi, null_quantile: nullQuantile, floor }) => ({
    end: window.end,
    psi,
    nullQuantile,
    floor,
  }));
}

function windowsOf(incident: IncidentHistory, view: MonitorView) {
  const { version, variant } = firstOf(incident);
  return view.windows(version, variant).filter(({ judged }) => judged);
}

function movedOf(incident: IncidentHistory): ReportTable {
  const rows = firstOf(incident).moved.map(({ bin, from, to }) => [bin, percent(from), percent(to)]);
  return { head: ['bin', 'in the reference', 'in the window that opened it'], rows };
}

function affectedPart(
  affected: AffectedRows | null,
  example: string | undefined,
): Pick<ReportSection, 'paragraphs' | 'table'> {
  if (example !== undefined)
    return {
      paragraphs: [`For example ${example}. millrace monitor skew shows what was served, and what it would be.`],
    };
  if (!affected)
    return {
      paragraphs: [
        'Not known: the bins of this signal are of no value that predictions have, or the log has none of them any more.',
      ],
    };
  const { bin, count: all, rows } = affected;
  const said = `${all.toLocaleString('en-US')} of the window that opened it lie in ${bin}, which has gained most.`;
  if (rows.length === 0) return { paragraphs: [said] };
  return {
    paragraphs: [`${said} The first ${rows.length}:`],
    table: {
      head: ['id', 'time', 'value', 'trace'],
      rows: rows.map(({ id, time, value, trace }) => [id, time, value, trace ?? '–']),
    },
  };
}

function companionsOf(incident: IncidentHistory, view: MonitorView): Pick<ReportSection, 'paragraphs' | 'table'> {
  const { group } = firstOf(incident);
  const others = view.incidents.filter((other) => other.id !== incident.id && firstOf(other).group === group);
  if (others.length === 0) return { paragraphs: ['Nothing else opened with the same window.'] };
  const rows = others.map((other) => [
    other.signal,
    firstOf(other).severity,
    short(firstOf(other).effect),
    other.state,
  ]);
  return { table: { head: ['signal', 'severity', 'effect', 'state'], rows } };
}

function placesOf({ id, signal, alerts }: IncidentHistory, names: Plan['names']): ReportTable['rows'] {
  const page = alerts.at(-1)?.links?.page;
  const trace = alerts.findLast(({ links }) => links?.trace !== undefined)?.links?.trace;
  return [
    ...(page === undefined ? [] : [["the page, at the monitor's door", `GET /${page}`]]),
    ...(trace === undefined ? [] : [['trace of a prediction of the window', trace]]),
    ['the alerts', `millrace tail alerts --from-beginning (topic ${names.alerts}, key ${id})`],
    ['the incident as JSON', `GET /v1/monitor/incidents?id=${encodeURIComponent(id)}`],
    ['the signal by window', `GET /v1/monitor/windows?signal=${encodeURIComponent(signal)}`],
    ['the predictions', names.predictions],
    ['numbers of the services', '/metrics of each service'],
  ];
}

function firstOf({ alerts }: IncidentHistory): AlertNote {
  return alerts[0] as AlertNote;
}

function count(windows: readonly { readonly rows: number }[]): string {
  return windows.reduce((sum, { rows }) => sum + rows, 0).toLocaleString('en-US');
}

function short(value: number): string {
  return String(Number(value.toPrecision(3)));
}

function percent(share: number): string {
  return `${short(share * 100)} %`;
}
