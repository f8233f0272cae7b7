import type { ReferenceProfile } from '../profile/reference-profile.ts';
import type { SignalState, SignalWatch } from '../watch/signal-watch.ts';

/** The monitor's record in `<p>.ledger`: what of it is shown. */
export interface LedgerNote {
  /** How far each partition has come, event time in epoch milliseconds. */
  readonly progress: readonly (readonly [partition: number, at: number])[];
  /** `[version, variant]` in JSON, and the watch of each signal. */
  readonly watches: readonly (readonly [string, readonly (readonly [string, SignalWatch])[]])[];
  readonly silences?: readonly SilenceNote[];
  /** By version, of those that brought no profile. */
  readonly live?: readonly (readonly [version: string, LiveNote])[];
}

/** The reference of a version from its first live rows: null while there are too few. */
export interface LiveNote {
  readonly rows: number;
  readonly profile: ReferenceProfile | null;
}

export interface SilenceNote {
  readonly signal: string;
  readonly by: string;
  /** Event time, epoch milliseconds; null before it has begun. */
  readonly until: number | null;
  readonly forMs: number;
}

/** A closed window in `<p>.ledger`. */
export interface WindowNote {
  /** What was counted: predictions (`rows`), labels, events. */
  readonly subject: string;
  readonly version: string;
  readonly variant: string;
  /** Of a version without a profile: compared with live rows, or still learnt from. */
  readonly reference?: 'live' | 'learning';
  /** RFC 3339, event time. */
  readonly start: string;
  readonly end: string;
  readonly rows: number;
  /** By hour of the week, where the pipeline is seasonal. */
  readonly hours?: readonly number[];
  /** The share of the rows that were compared with their own hours of the week; the others with the whole reference. */
  readonly by_hour?: number;
  /** False: too few rows. */
  readonly judged: boolean;
  readonly signals: Readonly<Record<string, WindowSignal>>;
  /** Per slot of the profile. */
  readonly counts: readonly (readonly number[])[];
  readonly performance?: unknown;
}

/** What a window says of a signal; numbers only where it was judged. */
export interface WindowSignal {
  readonly state: SignalState;
  readonly floor: number;
  readonly psi?: number;
  readonly effect?: number;
  readonly null_quantile?: number;
}

/** An alert of `<p>.alerts`: what of it is shown. The whole of it stays in a timeline. */
export interface AlertNote {
  readonly id: string;
  readonly group: string;
  readonly signal: string;
  readonly model: string;
  readonly version: string;
  readonly variant: string;
  readonly feature_set: string;
  readonly reference?: 'live';
  readonly event: 'opened' | 'worsened' | 'reminded' | 'resolved';
  readonly severity: string;
  readonly opened_at: string;
  readonly onset: string;
  readonly effect: number;
  readonly floor: number;
  readonly psi: number;
  readonly null_quantile: number;
  readonly rows: number;
  /** As in `WindowNote`. */
  readonly by_hour?: number;
  readonly moved: readonly { readonly bin: string; readonly from: number; readonly to: number }[];
  readonly window: { readonly start: string; readonly end: string };
  /** Relative to the monitor's door. */
  readonly links?: { readonly page: string; readonly trace?: string };
  /** The id of a prediction that shows it. */
  readonly example?: string;
  readonly silenced?: boolean;
  readonly acknowledged?: { readonly by: string; readonly at: string };
}
