/** JSON as it is. */
export interface PageHinkleyState {
  readonly count: number;
  readonly mean: number;
  readonly sum: number;
}

const START: PageHinkleyState = { count: 0, mean: 0, sum: 0 };
const MIN_COUNT = 30;
const TOLERANCE = 0.005;
const THRESHOLD = 50;
const FORGETTING = 0.9999;

/**
 * Page–Hinkley: adds up by how much values exceed their mean so far and a tolerance, never below 0, and says so when the
 * sum reaches 50: the mean has risen. Begins anew after a change.
 *
 * Source: Page, Continuous Inspection Schemes (1954), with River's settings (30, δ 0.005, λ 50, α 0.9999); like River it
 * looks from the 29th value on.
 *
 * ```ts
 * const detector = new PageHinkley();
 * for (let i = 0; i < 500; i++) detector.update(0);
 * Array.from({ length: 200 }, () => detector.update(1)).indexOf(true); // 53
 * ```
 */
export class PageHinkley {
  #state: PageHinkleyState;

  constructor(state: PageHinkleyState = START) {
    this.#state = state;
  }

  /** @returns whether the mean has risen with this value, which must be finite */
  update(value: number): boolean {
    const count = this.#state.count + 1;
    const mean = this.#state.mean + (value - this.#state.mean) / count;
    const sum = Math.max(0, FORGETTING * this.#state.sum + value - mean - TOLERANCE);
    const changed = count + 1 >= MIN_COUNT && sum >= THRESHOLD;
    this.#state = changed ? START : { count, mean, sum };
    return changed;
  }

  toJSON(): PageHinkleyState {
    return this.#state;
  }
}
