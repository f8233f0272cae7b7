import { AppError, isAppError, type Clock } from '@millrace/core';
import type { ModelRegistry, TensorModel } from '@millrace/inference';

import type { Caller } from './infer-tensors.ts';
import type { ModelStatistics } from './model-statistics.ts';
import { repositoryIndex, type RepositoryEntry } from './repository-index.ts';
import type { RequestMetrics } from './request-metrics.ts';

export interface InferenceDoorOptions {
  readonly model: TensorModel;
  readonly registry: ModelRegistry;
  readonly statistics: ModelStatistics;
  readonly metrics: RequestMetrics;
  readonly clock: Clock;
}

/** The Open Inference Protocol v2, whatever carries it: the model, by name and version, and what is known of it. */
export class InferenceDoor {
  readonly #options: InferenceDoorOptions;

  constructor(options: InferenceDoorOptions) {
    this.#options = options;
  }

  /** @throws AppError `MODEL_NOT_FOUND` */
  model(name: string, version?: string): TensorModel {
    const { model } = this.#options;
    if (name === model.name && (version === undefined || version === model.version)) return model;
    const asked = version === undefined ? name : `${name} ${version}`;
    throw new AppError('MODEL_NOT_FOUND', `there is no ${asked} here; this scorer has ${model.name} ${model.version}.`);
  }

  /** `name` undefined: all models. */
  statistics(name?: string, version?: string): object {
    const { model, statistics } = this.#options;
    return { model_stats: [statistics.describe(name === undefined ? model : this.model(name, version))] };
  }

  /** The versions that there are, or those that are loaded. */
  async index(loadedOnly: boolean): Promise<readonly RepositoryEntry[]> {
    const entries = await repositoryIndex(this.#options.registry, this.#options.model);
    return loadedOnly ? entries.filter(({ state }) => state === 'READY') : entries;
  }

  /** @throws AppError `NOT_IN_THIS_VERSION` */
  change(name: string): never {
    throw new AppError(
      'NOT_IN_THIS_VERSION',
      `${name} can be neither loaded nor unloaded by its clients: predict.model and predict.version of the pipeline ` +
        'file say what a scorer loads when it starts.',
    );
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
    const { clock } = this.#options;
    const arrivedMs = clock.elapsed();
    let model: TensorModel | null = null;
    let code = 'OK';
    try {
      model = this.model(name, version);
      return await answer(model, { ...asked, arrivedMs });
    } catch (error) {
      code = isAppError(error) ? error.code : 'UNFORESEEN';
      throw error;
    } finally {
      this.#count(asked.source, model, code, clock.elapsed() - arrivedMs);
    }
  }

  #count(source: Caller['source'], model: TensorModel | null, code: string, tookMs: number): void {
    const { metrics, statistics } = this.#options;
    metrics.request(source, model?.name ?? null, code, tookMs);
    if (model) statistics.request(code === 'OK', tookMs);
  }
}
