import { NoJournal } from '@millrace/core';
import type { Plan } from '@millrace/pipeline';
import type { StageEvent } from '@millrace/records';

import { arraysOf } from '../projection/arrays-of.ts';
import type { Projection } from '../projection/projection.ts';
import { StageWindows } from '../window/stage-windows.ts';

/** The windows of all stages, in one thread: the code of the service, without its topics. */
export class OfflineWindows {
  /** By index. */
  readonly #stages: readonly StageWindows[];
  readonly #newVector: () => Float32Array;

  constructor(plan: Plan) {
    const journal = new NoJournal();
    this.#stages = plan.stages.map((stage) => new StageWindows(stage, plan.events, journal));
    this.#newVector = arraysOf(Float32Array, plan.vector.length);
  }

  /** No window reaches further back. */
  get reachMs(): number {
    return Math.max(0, ...this.#stages.map(({ reachMs }) => reachMs));
  }

  /** @param position of the event in its file: the first of two with the same time and id wins */
  apply({ stage, key }: Projection, event: StageEvent, position: number): void {
    this.#stages[stage]?.apply(key ?? '', event, position, -Infinity, false);
  }

  /** The vector of a request, from its value features and from the stages as of its time. */
  vector(requests: readonly Projection[], values: Float64Array, at: number): Float32Array {
    const vector = this.#newVector();
    vector.set(values);
    for (const { stage, key } of requests) this.#stages[stage]?.fill(vector, key, at, -Infinity);
    return vector;
  }

  /** Drops what no request at or after `horizon` sees, and folds panes; no event before it may follow. */
  drop(horizon: number): void {
    for (const stage of this.#stages) stage.compact(horizon);
  }
}
