import type { OpenIncident } from '@millrace/drift';
import { rfc3339 } from '@millrace/records';

/** What an incident is about. */
interface Subject {
  readonly version: string;
  readonly variant: string;
}

/** What opened with the same window is one group. */
export function incidentGroup({ version, variant }: Subject, { openedAt }: Pick<OpenIncident, 'openedAt'>): string {
  return [version, variant, rfc3339(openedAt)].join('/');
}

export function incidentId(subject: Subject, incident: Pick<OpenIncident, 'openedAt'>, signal: string): string {
  return `${incidentGroup(subject, incident)}/${signal}`;
}
