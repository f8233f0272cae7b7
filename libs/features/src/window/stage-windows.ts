import { AppError, type Journal } from '@millrace/core';
import type { EventPlan, StagePlan, Take, WindowFeature } from '@millrace/pipeline';
import type { StageEvent } from '@millrace/records';

import type { AnyAggregator } from '../aggregators/aggregator.ts';
import { AGGREGATORS, emptyValue } from '../aggregators/aggregators.ts';
import type { EntryTree } from './entry-tree.ts';
import { overPanes } from './over-panes.ts';
import { paneStart } from './pane.ts';
import { WindowStore } from './window-store.ts';

/** A feature, and how its contents are folded. */
interface BoundFeature {
  /** In the vector. */
  readonly index: number;
  /** In the stage's part of it. */
  readonly slot: number;
  readonly overMs: number;
  /** From `from` (included) to `to` (excluded), for a request at `at`; null where the window says nothing. */
  readonly ask: (tree: EntryTree, from: number, to: number, at: number) => number | null;
  /** Where the window says nothing. */
  readonly instead: number;
  /** Where there is no window. */
  readonly empty: number;
}

/** What is asked of one store. */
interface StoreFeatures {
  readonly store: WindowStore;
  readonly features: readonly BoundFeature[];
}

/** The windows over one event type. */
interface TypeWindows {
  /** One for the exact features, and one for each width of panes. */
  readonly stores: readonly WindowStore[];
  readonly slots: number;
}

/** All windows of one partition of a stage. */
export class StageWindows {
  readonly #stage: StagePlan;
  readonly #journal: Journal;
  /** By the index of the event type. */
  readonly #types = new Map<number, TypeWindows>();
  readonly #stores: WindowStore[] = [];
  readonly #asked: StoreFeatures[] = [];

  constructor(stage: StagePlan, events: readonly EventPlan[], journal: Journal) {
    this.#stage = stage;
    this.#journal = journal;
    for (const { type, index } of events) this.#open(type, index);
  }

  /** The offset from which on the log has all that the windows hold; null where they are empty. */
  get keepFrom(): number | null {
    const kept = this.#stores.map(({ offsets }) => offsets.least()).filter((offset) => offset !== null);
    return kept.length === 0 ? null : Math.min(...kept);
  }

  /** No window reaches further back. */
  get reachMs(): number {
    return Math.max(0, ...this.#stores.map(({ reachMs }) => reachMs));
  }

  /** Entries and panes. */
  get size(): number {
    return this.#stores.reduce((sum, { offsets }) => sum + offsets.size, 0);
  }

  /**
   * Enters an event into the windows that it still belongs to.
   *
   * @param overdue it may be older than the horizon was when it came, so panes are closed to it
   * @returns false when a window was closed to it that takes something from it
   * @throws AppError `POISON` for an event that this stage has no windows for
   */
  apply(key: string, { type, at, id, values }: StageEvent, offset: number, horizon: number, overdue: boolean): boolean {
    const found = this.#types.get(type);
    if (found?.slots !== values.length)
      throw new AppError(
        'POISON',
        `an event of type ${type} with ${values.length} values fits no window of this stage.`,
      );
    const entry = { at, id, offset, values };
    let entered = true;
    for (const store of found.stores)
      if (found.stores.length === 1 || store.takesFrom(values))
        entered = store.enter(key, entry, horizon, overdue) && entered;
    return entered;
  }

  /**
   * The stage's part of the vector as of `at`: of `at` − `over` < x < `at`, and of what is not past the horizon; of panes
   * of which it sees something, all. Panes that ended at or before the horizon may be folded, so a request that is older
   * sees them if they ended by then.
   */
  part(key: string | null, at: number, horizon: number): Float64Array {
    const part = new Float64Array(this.#stage.features.length);
    this.#ask(part, inPart, key, at, horizon);
    return part;
  }

  /** Puts the same values where they stand in the vector. */
  fill(vector: Float32Array, key: string | null, at: number, horizon: number): void {
    this.#ask(vector, inVector, key, at, horizon);
  }

  /** Lets go of what no request at or after `horizon` tells apart. */
  compact(horizon: number): void {
    for (const store of this.#stores) store.compact(horizon);
  }

  /** One look for the key per store, not per feature. */
  #ask(
    values: Float32Array | Float64Array,
    placeOf: (feature: BoundFeature) => number,
    key: string | null,
    at: number,
    horizon: number,
  ): void {
    for (const { store, features } of this.#asked) {
      const tree = key === null ? undefined : store.get(key);
      for (const feature of features)
        values[placeOf(feature)] = tree ? valueOf(feature, tree, store.widthMs, at, horizon) : feature.empty;
    }
  }

  #open(type: string, index: number): void {
    const features = this.#stage.features.filter(({ from }) => from === type);
    if (features.length === 0) return;
    const slotOf = new Map(features.map((feature, slot) => [feature, slot]));
    const stores = [...Map.groupBy(features, ({ resolutionMs }) => resolutionMs)].map(([resolutionMs, alike]) =>
      this.#store(resolutionMs, alike, slotOf),
    );
    this.#types.set(index, { stores, slots: features.length });
    this.#stores.push(...stores);
  }

  #store(
    resolutionMs: number | null,
    features: readonly WindowFeature[],
    slotOf: ReadonlyMap<WindowFeature, number>,
  ): WindowStore {
    const slot = (feature: WindowFeature): number => slotOf.get(feature) as number;
    const store = new WindowStore({
      overMs: Math.max(...features.map(({ overMs }) => overMs)),
      resolutionMs,
      aggregators: new Map(features.map((feature) => [slot(feature), AGGREGATORS[feature.take]])),
      journal: this.#journal,
    });
    this.#asked.push({ store, features: features.map((feature) => bind(feature, slot(feature))) });
    return store;
  }
}

const inPart = ({ slot }: BoundFeature): number => slot;
const inVector = ({ index }: BoundFeature): number => index;

/** @param place the feature's position in the values of an entry */
function bind(feature: WindowFeature, place: number): BoundFeature {
  const { index, slot, overMs, take, default: instead, resolutionMs } = feature;
  const aggregator = resolutionMs === null ? AGGREGATORS[take] : overPanes(AGGREGATORS[take]);
  return { index, slot, overMs, ask: questionOf(take, aggregator, place), instead, empty: emptyValue(take) ?? instead };
}

function valueOf(
  { overMs, ask, instead }: BoundFeature,
  tree: EntryTree,
  widthMs: number,
  at: number,
  horizon: number,
): number {
  const from = paneStart(Math.max(at, horizon) - overMs + 1, widthMs);
  const to = at < paneStart(horizon, widthMs) ? paneStart(at, widthMs) : at;
  return ask(tree, from, to, at) ?? instead;
}

/** @param slot the feature's position in the values of an entry */
function questionOf(take: Take, aggregator: AnyAggregator, slot: number): BoundFeature['ask'] {
  if (take === 'distinct') return (tree, from, to) => tree.distinct(aggregator, slot, from, to);
  return (tree, from, to, at) => aggregator.value(tree.fold(aggregator, slot, from, to), at);
}
