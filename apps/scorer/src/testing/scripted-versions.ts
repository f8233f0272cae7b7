import type { ModelPort } from '@millrace/inference';

import type { Champion } from '../models/champion.ts';
import type { StageModels } from '../models/stage-models.ts';

/** Versions of a model of which each answers with its number, and what the stage asked of them. */
export class ScriptedVersions implements StageModels {
  readonly loaded = new Map<string, ModelPort>();
  readonly batches: string[] = [];
  readonly switches: Champion[] = [];
  /** Versions that cannot be loaded, and why. */
  readonly broken = new Map<string, Error>();
  /** What a partition begins with that was never committed. */
  begins: Champion = { version: '1', number: null, fromPlan: true };
  planVersion = '1';

  async first(): Promise<Champion> {
    return this.begins;
  }

  async fromPlan(): Promise<string> {
    return this.planVersion;
  }

  get(version: string): ModelPort | null {
    return this.loaded.get(version) ?? null;
  }

  async load(version: string): Promise<ModelPort> {
    const error = this.broken.get(version);
    if (error) throw error;
    const model = this.loaded.get(version) ?? this.#model(version);
    this.loaded.set(version, model);
    return model;
  }

  switched(champion: Champion): void {
    this.switches.push(champion);
  }

  tidy(): void {}

  #model(version: string): ModelPort {
    return {
      name: 'm',
      version,
      outputs: ['version'],
      score: async (vectors) => {
        this.batches.push(`${version}×${vectors.length}`);
        return vectors.map(() => ({ ok: true, value: Float64Array.of(Number(version)) }));
      },
    };
  }
}
