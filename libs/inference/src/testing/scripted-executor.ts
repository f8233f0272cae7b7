import type { BatchExecutor } from '@millrace/batching';
import type { Clock } from '@millrace/core';

/** How the executor takes one batch: slowly, never, or not at all. */
export type Behaviour = { readonly delayMs: number } | { readonly fail: Error } | 'hang';

/** Scores vectors in this thread with a function, and misbehaves by script: one behaviour per batch, then well. */
export class ScriptedExecutor implements BatchExecutor<Float32Array, Float64Array> {
  readonly #answer: (vector: Float32Array) => readonly number[];
  readonly #clock: Clock;
  readonly #script: Behaviour[];

  /** `answer` gives the outputs of a vector, or throws an `AppError` `MODEL_FAILED`. */
  constructor(clock: Clock, answer: (vector: Float32Array) => readonly number[], script: readonly Behaviour[] = []) {
    this.#clock = clock;
    this.#answer = answer;
    this.#script = [...script];
  }

  async run(rows: readonly Float32Array[]): Promise<readonly Float64Array[]> {
    const behaviour = this.#script.shift();
    if (behaviour === 'hang') return new Promise(() => undefined);
    if (behaviour && 'fail' in behaviour) throw behaviour.fail;
    if (behaviour) await this.#clock.sleep(behaviour.delayMs);
    return rows.map((row) => Float64Array.from(this.#answer(row)));
  }
}
