import type { ReferenceProfile } from '../profile/reference-profile.ts';
import type { SignalWatch } from '../watch/signal-watch.ts';
import { IncidentHistories, type IncidentHistory } from './incident-history.ts';
import type { AlertNote, LedgerNote, LiveNote, SilenceNote, WindowNote } from './ledger-notes.ts';

/** The watched signals of a model version and variant, as of the newest ledger. */
export interface WatchedStream {
  readonly version: string;
  readonly variant: string;
  readonly watches: ReadonlyMap<string, SignalWatch>;
}

export interface LiveReferenceState {
  readonly source: 'live';
  readonly rows: number;
  /** False: it is being learnt, and nothing is compared. */
  readonly full: boolean;
}

/**
 * What the monitor's topics say, put together: `<p>.ledger` of one feature set, and `<p>.alerts`. All of it is committed, and
 * anybody who reads the two knows as much as the monitor that wrote them.
 */
export class MonitorView {
  readonly #ledgerKey: string;
  readonly #windows = new Map<string, WindowNote>();
  readonly #incidents = new IncidentHistories();
  #ledger: LedgerNote = { progress: [], watches: [] };

  constructor(featureSet: string) {
    this.#ledgerKey = `monitor/${featureSet}`;
  }

  /** A record of `<p>.ledger`; null: it is gone. */
  applyLedger(key: string, value: Uint8Array | null): void {
    if (key === this.#ledgerKey && value) this.#ledger = parse<LedgerNote>(value);
    if (key.startsWith(`${this.#ledgerKey}/incident/`) && value) this.applyAlert(value);
    if (!key.startsWith(`${this.#ledgerKey}/window/`)) return;
    this.#windows.delete(key); // its place is used again, by a later window
    if (value) this.#windows.set(key, parse<WindowNote>(value));
  }

  /** A record of `<p>.alerts`. */
  applyAlert(value: Uint8Array): void {
    this.#incidents.add(parse<AlertNote>(value));
  }

  /** The event time up to which all partitions that have spoken have come; null before any. */
  get horizon(): number | null {
    const { progress } = this.#ledger;
    return progress.length === 0 ? null : Math.min(...progress.map(([, at]) => at));
  }

  get silences(): readonly SilenceNote[] {
    return this.#ledger.silences ?? [];
  }

  /** How far the reference of a version without a profile is; null for all others. */
  liveReference(version: string): LiveReferenceState | null {
    const live = this.#liveNote(version);
    return live && { source: 'live', rows: live.rows, full: live.profile !== null };
  }

  /** The profile that was built from live rows; null where there is none, or not yet. */
  liveProfile(version: string): ReferenceProfile | null {
    return this.#liveNote(version)?.profile ?? null;
  }

  get streams(): readonly WatchedStream[] {
    return this.#ledger.watches.map(([key, signals]) => {
      const [version, variant] = JSON.parse(key) as [string, string];
      return { version, variant, watches: new Map(signals) };
    });
  }

  /** Closed windows of a stream, in the order in which they closed. */
  windows(version: string, variant: string, subject = 'rows'): readonly WindowNote[] {
    return [...this.#windows.values()].filter(
      (window) => window.version === version && window.variant === variant && window.subject === subject,
    );
  }

  /** What was counted in closed windows of a stream: predictions (`rows`), labels, events. */
  subjects(version: string, variant: string): readonly string[] {
    const windows = [...this.#windows.values()].filter(
      (window) => window.version === version && window.variant === variant,
    );
    return [...new Set(windows.map(({ subject }) => subject))];
  }

  /** The newest first. */
  get incidents(): readonly IncidentHistory[] {
    return this.#incidents.all();
  }

  incident(id: string): IncidentHistory | null {
    return this.#incidents.get(id);
  }

  /** Who knows of an incident, if anybody does: as the ledger has it while it is open, then as it was told. */
  acknowledgedOf({ alerts, state, signal }: IncidentHistory): { readonly by: string; readonly at: string } | null {
    const [first, last] = [alerts[0] as AlertNote, alerts.at(-1) as AlertNote];
    const stream = this.streams.find(({ version, variant }) => version === first.version && variant === first.variant);
    const known = state === 'open' ? stream?.watches.get(signal)?.incident : null;
    if (known?.openedAt === Date.parse(first.opened_at) && known.acknowledged)
      return { by: known.acknowledged.by, at: new Date(known.acknowledged.at).toISOString() };
    return last.acknowledged ?? null;
  }

  #liveNote(version: string): LiveNote | null {
    return this.#ledger.live?.find(([name]) => name === version)?.[1] ?? null;
  }
}

function parse<T>(value: Uint8Array): T {
  return JSON.parse(Buffer.from(value).toString('utf8')) as T;
}
