/** JSON as it is. */
export interface DdmState {
  readonly count: number;
  readonly errors: number;
  /** Error rate and its deviation where their sum was least; null before there are enough values. */
  readonly best: { readonly rate: number; readonly deviation: number } | null;
}

const START: DdmState = { count: 0, errors: 0, best: null };
const WARM_UP = 30;
const DEVIATIONS = 3;

/**
 * DDM: the error rate of a classifier falls while what it learnt holds; a rate 3 deviations above its best says that it
 * no longer does. Begins anew after a change.
 *
 * Source: Gama, Medas, Castillo, Rodrigues, Learning with Drift Detection (2004), with River's settings (30 values first).
 *
 * ```ts
 * const detector = new Ddm();
 * for (let i = 0; i < 500; i++) detector.update(i % 10 === 0);
 * Array.from({ length: 200 }, () => detector.update(true)).indexOf(true); // 14
 * ```
 */
export class Ddm {
  #state: DdmState;

  constructor(state: DdmState = START) {
    this.#state = state;
  }

  /** @returns whether errors have become more frequent with this prediction */
  update(wrong: boolean): boolean {
    return this.updateMany(Number(wrong), 1);
  }

  /** As `update` with each of so many predictions, looking once behind them. */
  updateMany(wrong: number, predictions: number): boolean {
    const count = this.#state.count + predictions;
    const errors = this.#state.errors + wrong;
    this.#state = { ...this.#state, count, errors };
    if (count <= WARM_UP) return false;
    const rate = errors / count;
    const deviation = Math.sqrt((rate * (1 - rate)) / count);
    const before = this.#state.best;
    const best = before && rate + deviation > before.rate + before.deviation ? before : { rate, deviation };
    const changed = rate + deviation > best.rate + DEVIATIONS * best.deviation;
    this.#state = changed ? START : { count, errors, best };
    return changed;
  }

  toJSON(): DdmState {
    return this.#state;
  }
}
