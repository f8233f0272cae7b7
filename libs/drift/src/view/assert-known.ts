import { AppError } from '@millrace/core';

import type { IncidentHistory } from './incident-history.ts';
import type { MonitorView } from './monitor-view.ts';

/** @throws AppError `INCIDENT_NOT_FOUND` */
export function knownIncident(view: MonitorView, id: string): IncidentHistory {
  const incident = view.incident(id);
  if (incident) return incident;
  throw new AppError(
    'INCIDENT_NOT_FOUND',
    `found ${JSON.stringify(id)}; allowed is the id of an incident: millrace monitor status shows them.`,
  );
}

/** @throws AppError `INCIDENT_NOT_FOUND`, also where it is resolved */
export function openIncident(view: MonitorView, id: string): IncidentHistory {
  const incident = knownIncident(view, id);
  if (incident.state === 'open') return incident;
  throw new AppError(
    'INCIDENT_NOT_FOUND',
    `${id} is resolved since ${incident.resolved_at}: there is nothing to acknowledge.`,
  );
}

/**
 * Before the first window has closed, any name is taken.
 *
 * @throws AppError `SILENCE_INVALID`
 */
export function assertWatched(view: MonitorView, signal: string): void {
  const names = new Set(view.streams.flatMap(({ watches }) => [...watches.keys()]));
  if (names.size === 0 || names.has(signal)) return;
  throw new AppError(
    'SILENCE_INVALID',
    `found the signal ${JSON.stringify(signal)}; allowed is one of the ${names.size} that are watched: millrace monitor status shows them.`,
  );
}
