/** What `/v1/monitor` answers, as far as the page shows it; `docs/monitoring.md` has all of it. Times are RFC 3339. */

export type SignalState = 'insufficient_data' | 'ok' | 'suspected' | 'open' | 'worsened' | 'resolved';
export type Severity = 'info' | 'warning' | 'critical';

export interface Stream {
  readonly version: string;
  readonly variant: string;
}

export interface StreamStatus extends Stream {
  readonly windows: number;
  /** Null: the version's profile. */
  readonly reference: { readonly rows: number; readonly full: boolean } | null;
  /** Start of the oldest window that is kept. */
  readonly since: string | null;
  readonly latest: { readonly start: string; readonly end: string; readonly rows: number } | null;
  readonly signals: readonly SignalStatus[];
}

export interface SignalStatus {
  readonly signal: string;
  readonly state: SignalState;
  readonly onset: string | null;
}

export interface Incident extends Stream {
  readonly id: string;
  readonly group: string;
  readonly signal: string;
  readonly severity: Severity;
  readonly state: 'open' | 'resolved';
  readonly opened_at: string;
  readonly onset: string;
  readonly resolved_at: string | null;
  readonly acknowledged: { readonly by: string; readonly at: string } | null;
  readonly effect: number;
  readonly floor: number;
  readonly moved: readonly { readonly bin: string; readonly from: number; readonly to: number }[];
}

/** `GET /v1/monitor` */
export interface Overview {
  readonly pipeline: string;
  readonly model: string;
  readonly as_of: string | null;
  readonly streams: readonly StreamStatus[];
  readonly silences: readonly { readonly signal: string; readonly by: string; readonly until: string | null }[];
}

type Column = readonly (number | null)[];

/** Windows of one subject by column. */
export interface Series {
  readonly subject: 'rows' | 'labels' | 'events' | 'skew';
  readonly start: readonly string[];
  readonly end: readonly string[];
  readonly rows: readonly number[];
  readonly signals: Readonly<
    Record<string, { readonly psi: Column; readonly floor: Column; readonly null_quantile: Column }>
  >;
}

/** `GET /v1/monitor/signals`, one of them. */
export interface Distribution {
  readonly signal: string;
  readonly output: boolean;
  readonly bins: readonly string[];
  readonly reference: readonly number[];
  readonly counts: readonly number[] | null;
}

export interface Distributions {
  readonly window: {
    readonly start: string;
    readonly end: string;
    readonly rows: number;
    /** The share that is compared with the reference of its own hours of the week; not where the pipeline is not seasonal. */
    readonly by_hour?: number;
  } | null;
  readonly signals: readonly Distribution[];
}

export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** How the predictions of one value of a feature did. */
export interface Slice {
  readonly matured: number;
  readonly labelled: number;
  readonly metrics: Readonly<Record<string, number | null>>;
}

/** `GET /v1/monitor/windows`, one of them. */
export interface PerformanceWindow {
  readonly end: string;
  readonly judged: boolean;
  readonly performance:
    | { readonly kind: 'estimated'; readonly metrics: Readonly<Record<string, Estimate | null>> }
    | {
        readonly kind: 'realised';
        readonly metrics: Readonly<Record<string, number | null>>;
        readonly coverage: { readonly matured: number; readonly labelled: number; readonly share: number };
        /** By feature and value. */
        readonly slices?: Readonly<Record<string, Readonly<Record<string, Slice>>>>;
      }
    | null;
}
