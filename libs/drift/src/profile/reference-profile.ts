import type { ValidationPerformance } from '../performance/validation-performance.ts';

/** Counts every signal has beside its ordinary bins. */
export interface SignalStatistics {
  /** Of the finite values, for display. Null where there are none. */
  readonly min: number | null;
  readonly max: number | null;
  readonly mean: number | null;
  readonly sd: number | null;
}

/** A number on the reference's deciles. */
export interface NumericReference extends SignalStatistics {
  readonly kind: 'numeric';
  readonly name: string;
  /** Ascending, distinct: bins are (−∞, e₁], (e₁, e₂], …, (eₖ, +∞). */
  readonly edges: readonly number[];
  /** One per bin: `edges.length + 1`. */
  readonly counts: readonly number[];
  /** Mean value in each bin; of an empty one its edge. Not in profiles made before there was a W1. */
  readonly means?: readonly number[];
  readonly missing: number;
  readonly non_finite: number;
}

/** A category, as the vector carries it: its index in the pipeline's list. */
export interface CategoricalReference {
  readonly kind: 'categorical';
  readonly name: string;
  /** The pipeline's list. */
  readonly categories: readonly (string | number | boolean | null)[];
  /** Indices into `categories` of the up to 50 commonest, commonest first. */
  readonly values: readonly number[];
  /** One per entry of `values`. */
  readonly counts: readonly number[];
  /** In the list, but not among `values`. */
  readonly other: number;
  /** Not in the list. */
  readonly unseen: number;
  readonly missing: number;
}

export type SignalReference = NumericReference | CategoricalReference;

/** How the reference's own windows were cut. */
export interface OwnWindows {
  readonly every_ms: number;
  readonly starts: string | null;
  readonly zone: string;
  /** Windows with fewer rows were left out. */
  readonly min_rows: number;
  /** First millisecond of each window, ascending. */
  readonly windows: readonly number[];
  /** By signal, the PSI of each window against the whole reference. A signal that is not here had 0 in all. */
  readonly psi: Readonly<Record<string, readonly number[]>>;
}

/** The reference's rows by hour of the week, as `hourOfWeek` has it: 168 of each. */
export interface HourlyCounts {
  /** IANA zone. */
  readonly zone: string;
  /** Rows of the sample without `at` are in none. */
  readonly rows: readonly number[];
  /** By signal, named as it is watched, the counts of each hour on all of its bins, special ones last; none of an hour without a row. */
  readonly counts: Readonly<Record<string, readonly (readonly number[])[]>>;
}

/**
 * What a model version's inputs and outputs look like when nothing is wrong: `profile.json` beside `model.onnx`. Live
 * counts are kept on its bins, so they are integers that merge by addition.
 */
export interface ReferenceProfile {
  readonly format: typeof PROFILE_FORMAT;
  /** The monitor built it from live rows, since the version brought none. */
  readonly source?: 'live';
  readonly model: string;
  readonly version: string;
  readonly rows: number;
  /** Event times of the sample's first and last row, RFC 3339; null where the sample has no `at`. */
  readonly from: string | null;
  readonly to: string | null;
  /** Rows of the sample whose label is known, and their mean label; null without a label. */
  readonly labels: { readonly rows: number; readonly mean: number } | null;
  /**
   * Of the first output on the labelled rows. Null where that is no probability, or no label is 0 or 1; not in profiles
   * made before there was one.
   */
  readonly performance?: ValidationPerformance | null;
  /** In the vector's order. */
  readonly features: readonly SignalReference[];
  /** In the order of the model's outputs; named without `outputs.`. */
  readonly outputs: readonly NumericReference[];
  /**
   * How much each feature matters to the model, as whoever trained it found: shares that add up to 1. Ranks findings, and
   * makes an incident on an important feature a warning. Not in profiles that do not know.
   */
  readonly importance?: Readonly<Record<string, number>>;
  /** Null where the sample has no `at`, or the windows are cut by rows. */
  readonly own: OwnWindows | null;
  /** Where the pipeline is seasonal, and the sample has `at`. */
  readonly hours?: HourlyCounts;
}

export const PROFILE_FORMAT = 'millrace/profile/v1';
