import { AppError, isAppError, type Clock } from '@millrace/core';
import type { ModelRegistry, TensorModel } from '@millrace/inference';

import type { DoorModel, DoorModels } from './door-models.ts';
import type { Caller } from './infer-tensors.ts';
import { repositoryIndex, type RepositoryEntry } from './repository-index.ts';
import type { RequestMetrics } from './request-metrics.ts';

export interface InferenceDoorOptions {
  readonly models: DoorModels;
  readonly registry: ModelRegistry;
  readonly metrics: RequestMetrics;
  readonly clock: Clock;
}

/** The Open Inference Protocol v2, whatever carries it: models, by name and version, and what is known of them. */
export class InferenceDoor {
  readonly #options: InferenceDoorOptions;

  constructor(options: InferenceDoorOptions) {
    this.#options = options;
  }

  /** @throws AppError `MODEL_NOT_FOUND` */
  model(name: string, version?: string): TensorModel {
    return this.#find(name, version).tensors;
  }

  /** Of a model, the versions that may be asked. */
  versions(name: string): readonly string[] {
    const loaded = this.#options.models.all.map(({ tensors }) => tensors);
    return loaded.filter((model) => model.name === name).map(({ version }) => version);
  }

  /** `name` undefined: all models. */
  statistics(name?: string, version?: string): object {
    const asked = name === undefined ? this.#options.models.all : [this.#find(name, version)];
    return { model_stats: asked.map(({ tensors, statistics }) => statistics.describe(tensors)) };
  }

  /** The versions that there are, or those that are loaded. */
  async index(loadedOnly: boolean): Promise<readonly RepositoryEntry[]> {
    const entries = await repositoryIndex(this.#options.registry, this.#options.models);
    return loadedOnly ? entries.filter(({ state }) => state === 'READY') : entries;
  }

  /**
   * Loads a model for the doors of this instance, or takes it back.
   *
   * @param version null: the newest; to take back, all that were loaded
   * @throws AppError what `DoorModels` throws
   */
  async change(what: 'load' | 'unload', name: string, version: string | null): Promise<void> {
    await this.#options.models[what](name, version);
  }

  /**
   * A request, answered and counted.
   *
   * @throws AppError `MODEL_NOT_FOUND`, and what `answer` throws
   */
  async infer<Answer>(
    name: string,
    version: string | undefined,
    asked: Omit<Caller, 'arrivedMs'>,
    answer: (model: TensorModel, caller: Caller) => Promise<Answer>,
  ): Promise<Answer> {
    const { clock, models } = this.#options;
    const arrivedMs = clock.elapsed();
    let model: DoorModel | null = null;
    let code = 'OK';
    try {
      const found = this.#find(name, version);
      model = found;
      return await models.use(found, () => answer(found.tensors, { ...asked, arrivedMs }));
    } catch (error) {
      code = isAppError(error) ? error.code : 'UNFORESEEN';
      throw error;
    } finally {
      this.#count(asked.source, model, code, clock.elapsed() - arrivedMs);
    }
  }

  #find(name: string, version?: string): DoorModel {
    const { models } = this.#options;
    const found = models.find(name, version);
    if (found) return found;
    const asked = version === undefined ? name : `${name} ${version}`;
    const there = models.all.map(({ tensors }) => `${tensors.name} ${tensors.version}`).join(', ');
    throw new AppError('MODEL_NOT_FOUND', `there is no ${asked} here; this scorer has ${there}.`);
  }

  #count(source: Caller['source'], model: DoorModel | null, code: string, tookMs: number): void {
    this.#options.metrics.request(source, model?.tensors.name ?? null, code, tookMs);
    model?.statistics.request(code === 'OK', tookMs);
  }
}
