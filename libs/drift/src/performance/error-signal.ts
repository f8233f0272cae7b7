import type { WatchedSignal } from '../profile/watched-signals.ts';

/** How often the model was wrong on its validation sample. */
export interface ValidationErrors {
  readonly rows: number;
  readonly errors: number;
}

/**
 * The error rate as a signal: a two-bin detector against the validation sample's, over windows of `[errors, right]`.
 *
 * ```ts
 * errorSignal({ rows: 1000, errors: 180 }).reference; // [180, 820]
 * ```
 */
export function errorSignal({ rows, errors }: ValidationErrors): WatchedSignal {
  return {
    name: 'performance.error_rate',
    output: true,
    slot: 0,
    labels: ['wrong', 'right'],
    reference: [errors, rows - errors],
    scale: null,
    project: (counts) => [counts[0] ?? 0, counts[1] ?? 0],
  };
}
