import { ExactSum, type ExactSumState } from '@millrace/core';

/** JSON as it is. */
export interface RegressionState {
  readonly rows: number;
  /** Predictions or labels that are no finite number: they count nowhere else. */
  readonly unusable: number;
  readonly errors: ExactSumState;
  readonly absolute: ExactSumState;
  readonly squares: ExactSumState;
}

/** In the label's unit; null without rows. */
export interface RegressionMetrics {
  readonly rows: number;
  readonly mae: number | null;
  readonly rmse: number | null;
  /** Mean of prediction less label. */
  readonly bias: number | null;
}

/**
 * Mean absolute error, root mean squared error and bias of predictions whose labels are known. Merging in any order
 * gives the same.
 *
 * ```ts
 * const realised = new RealisedRegression();
 * realised.add(3, 1);
 * realised.add(5, 9);
 * realised.metrics(); // { rows: 2, mae: 3, rmse: 3.1622…, bias: -1 }
 * ```
 */
export class RealisedRegression {
  #rows = 0;
  #unusable = 0;
  readonly #errors = new ExactSum();
  readonly #absolute = new ExactSum();
  readonly #squares = new ExactSum();

  add(prediction: number, label: number): void {
    const error = prediction - label;
    if (!Number.isFinite(error * error)) {
      this.#unusable++;
      return;
    }
    this.#rows++;
    this.#errors.add(error);
    this.#absolute.add(Math.abs(error));
    this.#squares.add(error * error);
  }

  /** Adds all that another has counted, as JSON. */
  merge({ rows, unusable, errors, absolute, squares }: RegressionState): void {
    this.#rows += rows;
    this.#unusable += unusable;
    this.#errors.merge(ExactSum.from(errors));
    this.#absolute.merge(ExactSum.from(absolute));
    this.#squares.merge(ExactSum.from(squares));
  }

  toJSON(): RegressionState {
    return {
      rows: this.#rows,
      unusable: this.#unusable,
      errors: this.#errors.toJSON(),
      absolute: this.#absolute.toJSON(),
      squares: this.#squares.toJSON(),
    };
  }

  metrics(): RegressionMetrics {
    const mean = (sum: ExactSum): number | null => (this.#rows === 0 ? null : sum.value() / this.#rows);
    const squared = mean(this.#squares);
    return {
      rows: this.#rows,
      mae: mean(this.#absolute),
      rmse: squared === null ? null : Math.sqrt(squared),
      bias: mean(this.#errors),
    };
  }
}
