import type { AlertNote } from './ledger-notes.ts';

const NEWEST = 1000;

/** An incident, from what was told of it. */
export interface IncidentHistory {
  readonly id: string;
  readonly signal: string;
  readonly state: 'open' | 'resolved';
  /** End of the window that resolved it; null while it is open. */
  readonly resolved_at: string | null;
  /** In the order in which they were told, at least one. */
  readonly alerts: readonly AlertNote[];
}

/**
 * The newest 1000 incidents, from what was told in `<p>.alerts`, and from the first and latest alert of each that the ledger keeps.
 * These may come in any order; an alert that comes twice is one.
 */
export class IncidentHistories {
  readonly #byId = new Map<string, IncidentHistory>();

  add(alert: AlertNote): void {
    const before = this.#byId.get(alert.id);
    const alerts = before?.alerts ?? [];
    const isKnown = alerts.some(({ event, window }) => event === alert.event && window.end === alert.window.end);
    if (isKnown) return;
    const told = [...alerts, alert].toSorted((a, b) => Date.parse(a.window.end) - Date.parse(b.window.end));
    const end = told.find(({ event }) => event === 'resolved');
    this.#byId.set(alert.id, {
      id: alert.id,
      signal: alert.signal,
      state: end ? 'resolved' : 'open',
      resolved_at: end?.window.end ?? null,
      alerts: told,
    });
    if (this.#byId.size > NEWEST) this.#byId.delete(this.#oldest());
  }

  #oldest(): string {
    let [found, at] = ['', Infinity];
    for (const incident of this.#byId.values())
      if (openedAt(incident) < at) [found, at] = [incident.id, openedAt(incident)];
    return found;
  }

  get(id: string): IncidentHistory | null {
    return this.#byId.get(id) ?? null;
  }

  /** The newest first. */
  all(): readonly IncidentHistory[] {
    return [...this.#byId.values()].toReversed().toSorted((a, b) => openedAt(b) - openedAt(a));
  }
}

function openedAt({ alerts }: IncidentHistory): number {
  return Date.parse((alerts[0] as AlertNote).opened_at);
}
