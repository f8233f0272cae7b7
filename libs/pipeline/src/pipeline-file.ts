import type { Take } from './plan.ts';

/**
 * The file as it is written, after the check against the JSON Schema. Parts that failed are taken out, so everything
 * may be missing: what is missing and required has been reported by then.
 */
export interface PipelineFile {
  readonly name?: string;
  readonly models?: string;
  readonly delivery?: 'exactly_once' | 'at_least_once';
  readonly on_out_of_range?: 'stop' | 'earliest' | 'latest';
  readonly dedupe?: { readonly within?: string; readonly memory?: string };
  readonly dlq?: { readonly max_per_minute?: number };
  readonly topics?: { readonly partitions?: number; readonly replication?: number; readonly retention?: string };
  readonly events?: EventsSection;
  readonly flow?: { readonly max_lag?: number };
  readonly predict?: PredictSection;
  readonly features?: readonly (FeatureEntry | undefined)[];
  readonly outcome?: OutcomeSection;
  readonly monitor?: MonitorSection;
  readonly rollout?: unknown;
  readonly retrain?: unknown;
}

/** Options and event types side by side: the names of the options are not types. */
export type EventsSection = EventOptions & { readonly [type: string]: EventEntry | EventOptions[keyof EventOptions] };

export interface EventOptions {
  readonly sensitive?: readonly string[];
  readonly pseudonyms?: readonly string[];
  readonly max_ahead?: string;
  readonly max_bytes?: string;
  readonly lateness?: string;
  readonly retain_late?: string;
  readonly max_skew?: string;
  readonly watermark_timeout?: string;
}

export interface EventEntry {
  readonly schema?: string;
  readonly id?: string;
  readonly time?: string;
}

export interface PredictSection {
  readonly on?: string;
  readonly key?: string;
  readonly model?: string;
  readonly version?: string;
  readonly include_features?: boolean;
  readonly outputs?: Readonly<Record<string, string>>;
  readonly cache?: { readonly size?: string; readonly for?: string };
  readonly providers?: readonly string[];
  readonly batch?: { readonly rows?: number; readonly deadline?: string };
}

export interface FeatureEntry {
  readonly name?: string;
  readonly value?: string;
  readonly categories?: readonly (string | number | boolean)[];
  readonly other?: boolean;
  readonly from?: string;
  readonly by?: readonly string[];
  readonly over?: string;
  readonly take?: Take;
  readonly of?: string;
  readonly where?: string;
  readonly default?: number;
  readonly resolution?: string;
}

export interface OutcomeSection {
  readonly from?: string;
  readonly id?: string;
  readonly label?: string;
  readonly within?: string;
}

export type FloorEntry = number | { readonly own: number };

export interface SinkEntry {
  readonly name?: string;
  readonly webhook?: { readonly url?: string; readonly secret?: string };
  readonly slack?: { readonly url?: string };
  readonly alertmanager?: { readonly url?: string };
  readonly smtp?: { readonly url?: string; readonly from?: string; readonly to?: readonly string[] };
}

export interface MonitorSection {
  readonly window?: {
    readonly every?: string;
    readonly rows?: number;
    readonly starts?: string;
    readonly zone?: string;
    readonly min_rows?: number;
    readonly at_most?: string;
  };
  readonly warm_up?: string;
  readonly floor?: FloorEntry;
  readonly floors?: Readonly<Record<string, FloorEntry>>;
  readonly run_length?: number;
  readonly persistence?: number;
  readonly remind?: string;
  readonly block?: string;
  readonly slices?: readonly string[];
  readonly seasonal?: boolean;
  readonly skew?: number;
  readonly join?: { readonly memory?: string };
  readonly sinks?: readonly (SinkEntry | undefined)[];
}
