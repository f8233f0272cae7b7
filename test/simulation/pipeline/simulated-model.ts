import type { BatchExecutor } from '@millrace/batching';
import { AppError } from '@millrace/core';
import type { ModelPort } from '@millrace/inference';
import { inThreadModel } from '@millrace/inference/testing';

import type { Host } from '../world/host.ts';

/** Rows with this value of the feature `n` make the model fail. */
export const BAD_N = 13;
const INDEX_OF_N = 5;
const USUAL_MS = 2;

/** The model of one scorer: the sum of what is a number, slow or hanging when told to. */
export class SimulatedModel implements BatchExecutor<Float32Array, Float64Array> {
  readonly #host: Host;
  #slowUntilMs = 0;
  #slowMs = 0;

  constructor(host: Host) {
    this.#host = host;
  }

  /** For `forMs`, each batch takes `eachMs`: more than a session is a hang that a fresh worker ends. */
  slow(forMs: number, eachMs: number): void {
    this.#slowUntilMs = this.#host.elapsed() + forMs;
    this.#slowMs = eachMs;
  }

  async run(rows: readonly Float32Array[]): Promise<readonly Float64Array[]> {
    await this.#host.sleep(this.#host.elapsed() < this.#slowUntilMs ? this.#slowMs : USUAL_MS);
    if (rows.some((row) => row[INDEX_OF_N] === BAD_N)) throw new AppError('MODEL_FAILED', 'thirteen');
    return rows.map((row) => Float64Array.of(row.reduce((sum, x) => (Number.isNaN(x) ? sum : sum + x), 0)));
  }

  /** Each version answers twice what the one before it does: so it shows which one did. */
  port(version: string): ModelPort {
    const times = 2 ** (Number(version) - 1);
    const run = async (rows: readonly Float32Array[]): Promise<readonly Float64Array[]> =>
      (await this.run(rows)).map((outputs) => outputs.map((output) => output * times));
    return inThreadModel({ clock: this.#host, executors: [{ run }], outputs: ['p'], version, batchRows: 8 });
  }
}
