import type { ProgressRecord } from './clock-record.ts';

/**
 * What a delta counts: `rows`: predictions, in the window of their time; `labels`: what is known of the predictions of a
 * window once their outcome has come; `events`: what came in, by type, of all versions at once; `sketches`: predictions of a
 * version that nobody has a reference of yet.
 */
export const COUNT_SUBJECTS = ['rows', 'labels', 'events', 'sketches'] as const;

export type CountSubject = (typeof COUNT_SUBJECTS)[number];

/** What comes in belongs to no version. */
export const EVENT_STREAM = { version: '-', variant: 'all' } as const;

/** What one transaction adds to one window of one model version: integers that merge by addition, sketches as `mergedSketch` does. */
export interface CountsDelta {
  readonly kind: 'delta';
  readonly subject: CountSubject;
  /** Where `events` are counted: as in `EVENT_STREAM`. */
  readonly version: string;
  readonly variant: string;
  /** Start and end of the window in event time, epoch milliseconds. */
  readonly start: number;
  readonly end: number;
  /** Predictions; of `labels` those that have one. */
  readonly rows: number;
  /**
   * Of `rows`: per signal (features in vector order, then outputs) the counts on the reference's bins, special bins last; behind
   * them what `apps/monitor` counts besides. Of `events`: how many by type, in the plan's order; dead letters, good events, and dead letters by stage and code (`LETTER_PLACES`).
   * Of `sketches`: a `SketchCounts` per signal. Integers of at most 52 bits.
   */
  readonly counts: readonly ArrayLike<number>[];
  /** Hashes of the blocks that the rows belong to, the smallest of them, ascending; empty where the pipeline has no blocks. */
  readonly blocks: readonly number[];
  /** The rows by hour of the week, 168; not where the pipeline is not seasonal. */
  readonly hours?: readonly number[];
  /** The trace of one of the rows, where any is sampled: in the record's header of that name. */
  readonly traceparent?: string;
}

/** How far one partition of the join has come with labels: of predictions before `at` nothing follows. */
export interface MaturedRecord {
  readonly kind: 'matured';
  readonly source: number;
  readonly at: number;
}

/** What a person says of incidents. */
export type IncidentNote = {
  readonly kind: 'note';
  /** Who says it. */
  readonly by: string;
  /** When, by the wall clock, epoch milliseconds. */
  readonly at: number;
} & (
  | { readonly says: 'acknowledged'; readonly incident: string }
  /** Nobody is to be told of this signal for so long, in event time; 0 ends it. */
  | { readonly says: 'silenced'; readonly signal: string; readonly forMs: number }
);

/** What became of a sample of a closed window's predictions when their vectors were computed again offline. */
export interface SkewRecord {
  readonly kind: 'skew';
  readonly version: string;
  readonly variant: string;
  /** Of the window, in event time, epoch milliseconds. */
  readonly start: number;
  readonly end: number;
  /** Vectors compared. */
  readonly rows: number;
  /** Of each feature in vector order: how many vectors have another value, and the id of the first; null where none has. */
  readonly features: readonly { readonly feature: string; readonly differ: number; readonly first: string | null }[];
}

/** What `<p>.<fs>.counts` holds. */
export type CountsRecord = CountsDelta | IncidentNote | MaturedRecord | ProgressRecord | SkewRecord;
