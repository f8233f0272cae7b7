import type { AnyAggregator } from '../aggregators/aggregator.ts';

/** States of one node as a whole, by the feature's slot: made when first asked for. */
export class Summaries {
  #states: unknown[] | null = null;

  get(slot: number): unknown {
    return this.#states?.[slot];
  }

  /** Keeps and returns what `fill` puts into a new state. */
  keep({ open }: AnyAggregator, slot: number, fill: (state: unknown) => void): unknown {
    const state = open();
    fill(state);
    this.#states ??= [];
    this.#states[slot] = state;
    return state;
  }

  /** The node has changed. */
  forget(): void {
    this.#states = null;
  }
}
