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

/** The newest 1000 incidents of `<p>.alerts`. An alert that comes twice is one. */
export class IncidentHistories {
  readonly #byId = new Map<string, IncidentHistory>();

  add(alert: AlertNote): void {
    const before = this.#byId.get(alert.id);
    const alerts = before?.alerts ?? [];
    const isKnown = alerts.some(({ event, window }) => event === alert.event && window.end === alert.window.end);
    if (isKnown || before?.state === 'resolved') return;
    const over = alert.event === 'resolved';
    this.#byId.set(alert.id, {
      id: alert.id,
      signal: alert.signal,
      state: over ? 'resolved' : 'open',
      resolved_at: over ? alert.window.end : null,
      alerts: [...alerts, alert],
    });
    const [oldest] = this.#byId.keys();
    if (this.#byId.size > NEWEST && oldest !== undefined) this.#byId.delete(oldest);
  }

  get(id: string): IncidentHistory | null {
    return this.#byId.get(id) ?? null;
  }

  /** The newest first. */
  all(): readonly IncidentHistory[] {
    return [...this.#byId.values()].toReversed();
  }
}
