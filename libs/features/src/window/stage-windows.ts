import { AppError, type Journal } from '@millrace/core';
import type { EventPlan, StagePlan, Take, WindowFeature } from '@millrace/pipeline';
import type { StageEvent } from '@millrace/records';

import { AGGREGATORS, emptyValue } from '../aggregators/aggregators.ts';
import type { OffsetSet } from '../stage/offset-set.ts';
import { emptyPart } from './empty-part.ts';
import type { EntryTree } from './entry-tree.ts';
import { WindowStore } from './window-store.ts';

/** A feature bound to the contents that it folds. */
interface BoundFeature {
  readonly store: WindowStore;
  readonly overMs: number;
  /** From `from` (included) to `to` (excluded), for a request at `to`; null where the window says nothing. */
  readonly ask: (tree: EntryTree, from: number, to: number) => number | null;
  readonly empty: number | null;
  readonly instead: number;
}

/** All windows of one partition of a stage. */
export class StageWindows {
  readonly #stage: StagePlan;
  /** By the index of the event type. */
  readonly #stores = new Map<number, { store: WindowStore; slots: number }>();
  /** In the order of the stage's part. */
  readonly #features: readonly BoundFeature[];

  constructor(stage: StagePlan, events: readonly EventPlan[], offsets: OffsetSet, journal: Journal) {
    this.#stage = stage;
    const bound = new Map<WindowFeature, BoundFeature>();
    for (const { type, index } of events) {
      const features = stage.features.filter(({ from }) => from === type);
      if (features.length === 0) continue;
      const store = new WindowStore(Math.max(...features.map(({ overMs }) => overMs)), offsets, journal);
      this.#stores.set(index, { store, slots: features.length });
      features.forEach((feature, slot) => bound.set(feature, bind(feature, store, slot)));
    }
    this.#features = stage.features.map((feature) => bound.get(feature) as BoundFeature);
  }

  /**
   * Enters an event into the windows that it still belongs to.
   *
   * @returns false when it is older than every window at the horizon, and not used
   * @throws AppError `POISON` for an event that this stage has no windows for
   */
  apply(key: string, { type, at, id, values }: StageEvent, offset: number, horizon: number): boolean {
    const found = this.#stores.get(type);
    if (found?.slots !== values.length)
      throw new AppError(
        'POISON',
        `an event of type ${type} with ${values.length} values fits no window of this stage.`,
      );
    if (at <= horizon - found.store.overMs) return false;
    found.store.insert(key, { at, id, offset, values });
    return true;
  }

  /** The stage's part of the vector as of `at`: of `at` − `over` < x < `at`, and of what is not past the horizon. */
  part(key: string | null, at: number, horizon: number): Float64Array {
    if (key === null) return emptyPart(this.#stage);
    const asOf = Math.max(at, horizon);
    return Float64Array.from(this.#features, ({ store, overMs, ask, empty, instead }) => {
      const tree = store.get(key);
      return (tree ? ask(tree, asOf - overMs + 1, at) : empty) ?? instead;
    });
  }

  drop(horizon: number): void {
    for (const { store } of this.#stores.values()) store.drop(horizon);
  }
}

function bind({ overMs, take, default: instead }: WindowFeature, store: WindowStore, slot: number): BoundFeature {
  return { store, overMs, ask: questionOf(take, slot), empty: emptyValue(take), instead };
}

/** @param slot the feature's position in the values of an entry */
function questionOf(take: Take, slot: number): BoundFeature['ask'] {
  if (take === 'distinct') return (tree, from, to) => tree.distinct(slot, from, to);
  const aggregator = AGGREGATORS[take];
  return (tree, from, to) => aggregator.value(tree.fold(aggregator, slot, from, to), to);
}
