import { Journal } from '@millrace/core';
import type { Plan } from '@millrace/pipeline';
import type { StageEvent } from '@millrace/records';

import type { Projection } from '../projection/projection.ts';
import { StageWindows } from '../window/stage-windows.ts';

/** The windows of all stages, in one thread: the code of the service, without its topics. */
export class OfflineWindows {
  readonly #journal = new Journal();
  /** By index. */
  readonly #stages: readonly StageWindows[];

  constructor(plan: Plan) {
    this.#stages = plan.stages.map((stage) => new StageWindows(stage, plan.events, this.#journal));
  }

  /** No window reaches further back. */
  get reachMs(): number {
    return Math.max(0, ...this.#stages.map(({ reachMs }) => reachMs));
  }

  /** @param position of the event in its file: the first of two with the same time and id wins */
  apply({ stage, key }: Projection, event: StageEvent, position: number): void {
    this.#stages[stage]?.apply(key ?? '', event, position, -Infinity, false);
    this.#journal.forget();
  }

  /** The vector of a request, from its value features and from the stages as of its time. */
  vector(requests: readonly Projection[], values: Float64Array, at: number): Float32Array {
    const vector = new Float32Array(values);
    for (const { stage, key } of requests) this.#stages[stage]?.fill(vector, key, at, -Infinity);
    return vector;
  }

  /** Drops what no request at or after `horizon` sees, and folds panes; no event before it may follow. */
  drop(horizon: number): void {
    for (const stage of this.#stages) stage.compact(horizon);
  }
}
