import type { Value } from '@millrace/core';

import type { Pseudonym } from './pseudonym.ts';

/** A decoded event: the payload's fields. */
export type EventPayload = Readonly<Record<string, unknown>>;

export type JsonSchema = Readonly<Record<string, unknown>>;

/** A compiled, type-checked expression over one event. */
export interface Expression {
  readonly source: string;
  /**
   * Null where a field that it needs is null.
   *
   * @throws AppError `EXPRESSION_FAILED`
   */
  evaluate(event: EventPayload): Value;
}

export type Take =
  | 'count'
  | 'sum'
  | 'mean'
  | 'min'
  | 'max'
  | 'stddev'
  | 'first'
  | 'last'
  | 'distinct'
  | 'time_since_last';

/** An event type of the pipeline file. */
export interface EventPlan {
  readonly type: string;
  /** Position in `Plan.events`. */
  readonly index: number;
  /** Field that holds the id; null: the header `ce_id`. */
  readonly id: string | null;
  /** Field that holds the event time; null: the header `ce_time`. */
  readonly time: string | null;
  /** JSON types (`integer`, `null`, …) that the schema allows, by field; empty: it does not say. Gives text columns their type. */
  readonly types: ReadonlyMap<string, readonly string[]>;
  /** Its JSON Schema (2020-12), as in the file. */
  readonly schema: JsonSchema;
  /** Null when the payload fits the JSON Schema, else what does not, for people: `/dep_delay must be integer`. */
  violation(payload: EventPayload): string | null;
}

/** A feature that is computed from the request alone. */
export interface ValueFeature {
  readonly kind: 'value';
  readonly name: string;
  /** Position in the vector. */
  readonly index: number;
  readonly expression: Expression;
  /** Known values; the feature is the index of the one met. Null: the value itself, as a number. */
  readonly categories: readonly Value[] | null;
  /** Unseen or null: the list's length when true, NaN when not. */
  readonly other: boolean;
  /** Instead of null: NaN unless the file says otherwise. */
  readonly default: number;
}

/** A feature over the events of a window. */
export interface WindowFeature {
  readonly kind: 'window';
  readonly name: string;
  readonly index: number;
  /** Index of the keyed stage that computes it, and its place in that stage's part. */
  readonly stage: number;
  readonly slot: number;
  /** Event type. */
  readonly from: string;
  readonly overMs: number;
  readonly take: Take;
  /** Null: every event counts (`count`), or only its time does (`time_since_last`). */
  readonly of: Expression | null;
  readonly where: Expression | null;
  readonly default: number;
  /** Width of the panes that the end of the window is rounded to; null: exact. */
  readonly resolutionMs: number | null;
}

export type FeaturePlan = ValueFeature | WindowFeature;

/** A keyed stage: all features with the same `by`. */
export interface StagePlan {
  readonly index: number;
  readonly by: readonly string[];
  /** The topic that it reads. */
  readonly topic: string;
  /** In slot order. Empty for an assembler that computes nothing itself. */
  readonly features: readonly WindowFeature[];
  /** The longest `over` of its features; 0 without any. */
  readonly longestMs: number;
  /** The stage keyed by `predict.key`: it also puts the vectors together. Exactly one. */
  readonly assembler: boolean;
}

export interface OutcomePlan {
  readonly from: string;
  readonly id: string;
  readonly label: Expression;
  readonly withinMs: number;
}

export interface MonitorPlan {
  readonly window: {
    /** One of the two is not null. */
    readonly everyMs: number | null;
    readonly rows: number | null;
    /** Calendar windows: a weekday (`monday`) or a time of day (`06:30`). */
    readonly starts: string | null;
    /** IANA zone. */
    readonly zone: string;
    readonly minRows: number;
    readonly atMostMs: number;
  };
  readonly warmUpMs: number;
  /** PSI needed for an incident: a number, or a quantile of the reference's own windows (at least 0.1). */
  readonly floor: Floor;
  readonly floors: ReadonlyMap<string, Floor>;
  /** Windows between two false alarms. */
  readonly runLength: number;
  /** Of the last 3 windows, how many must exceed what chance gives. */
  readonly persistence: number;
  readonly remindMs: number;
  readonly joinMemoryBytes: number;
  /** Field of the request: rows with the same value depend on one another, and a window weighs as many rows as it has values. */
  readonly block: string | null;
  /** A window is compared with the reference of its own hours of the week, as the clocks of `window.zone` show them. */
  readonly seasonal: boolean;
  /** Features with categories by whose values performance is kept apart. */
  readonly slices: readonly string[];
  /** Of the predictions of each window, this share is computed again offline when it has closed. */
  readonly skew: number;
  readonly sinks: readonly SinkPlan[];
}

/** Where alerts go outside the log, under a name of its own. */
export type SinkPlan = { readonly name: string } & (
  | { readonly kind: 'webhook'; readonly url: PlannedText; readonly secret: PlannedText }
  | { readonly kind: 'slack' | 'alertmanager'; readonly url: PlannedText }
  | { readonly kind: 'smtp'; readonly url: PlannedText; readonly from: string; readonly to: readonly string[] }
);

/** A text in which `${NAME}` stands for a variable of the environment of whoever uses it. */
export interface PlannedText {
  readonly text: string;
  /** For messages: `pipeline.yaml:31:20: monitor.sinks[0].webhook.url`. */
  readonly place: string;
}

export type Floor = number | { readonly own: number };

/** Names of all topics. */
export interface TopicNames {
  readonly events: string;
  readonly predictions: string;
  readonly outcomes: string;
  readonly examples: string;
  readonly alerts: string;
  readonly control: string;
  readonly decisions: string;
  readonly dlq: string;
  readonly ledger: string;
  readonly features: string;
  readonly scored: string;
  readonly counts: string;
  /** Outcomes for the monitor, with clocks; `outcomes` is for users. */
  readonly joinOutcomes: string;
}

/** A pipeline file, checked, with every default filled in, frozen. */
export interface Plan {
  /** The topic prefix `<p>`. */
  readonly name: string;
  /** Version of the feature set: 8 hex digits over what stages and vectors depend on. */
  readonly featureSet: string;
  /** The folder that relative paths of the file start from. */
  readonly folder: string;
  /** Registry of models: an absolute folder, or `s3://bucket/prefix`. */
  readonly models: string;
  readonly delivery: 'exactly_once' | 'at_least_once';
  readonly onOutOfRange: 'stop' | 'earliest' | 'latest';
  readonly dedupe: { readonly withinMs: number; readonly memoryBytes: number };
  readonly dlq: { readonly maxPerMinute: number | null };
  readonly topics: { readonly partitions: number; readonly replication: number | null; readonly retentionMs: number };
  readonly names: TopicNames;
  readonly events: readonly EventPlan[];
  readonly limits: {
    readonly sensitive: readonly string[];
    readonly maxAheadMs: number;
    readonly maxBytes: number;
    readonly latenessMs: number;
    readonly retainLateMs: number;
    readonly maxSkewMs: number;
    readonly watermarkTimeoutMs: number;
  };
  readonly pseudonyms: {
    /** What ingest replaces in every event, so that nothing behind it has the values. */
    readonly fields: readonly string[];
    /** By what; null where the plan was loaded without a key. */
    readonly of: Pseudonym | null;
  };
  readonly flow: { readonly maxLag: number };
  readonly predict: {
    readonly on: string;
    readonly key: string;
    readonly model: string;
    /** Null: the newest. */
    readonly version: string | null;
    readonly includeFeatures: boolean;
    /** Published name by the model's output name; null: all, under their own names. */
    readonly outputs: ReadonlyMap<string, string> | null;
    /** Answers that are kept, per version of the model; null: none. */
    readonly cache: { readonly sizeBytes: number; readonly forMs: number } | null;
    readonly providers: readonly string[];
    readonly batch: { readonly rows: number; readonly deadlineMs: number };
  };
  /** The model's input, in order. */
  readonly vector: readonly FeaturePlan[];
  readonly stages: readonly StagePlan[];
  readonly outcome: OutcomePlan | null;
  readonly monitor: MonitorPlan;
}
