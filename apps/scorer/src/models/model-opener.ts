import { AppError, type Clock } from '@millrace/core';
import {
  loadModel,
  loadTensorModel,
  publishedOutputs,
  verifySample,
  type LoadedModel,
  type ModelFiles,
  type ModelRegistry,
  type RunOptions,
} from '@millrace/inference';
import { featureCategories, type Plan } from '@millrace/pipeline';

import { ModelStatistics } from '../door/model-statistics.ts';
import type { ScorerMetrics } from '../scorer.metrics.ts';
import type { ServedModel } from './model-shelf.ts';

export interface ModelOpenerOptions {
  readonly plan: Plan;
  readonly registry: ModelRegistry;
  readonly clock: Clock;
  /** What every version is run with. */
  readonly run: Pick<RunOptions, 'workers' | 'threads' | 'hangMs'>;
  readonly watch: ScorerMetrics;
  readonly warn: (message: string) => void;
}

/** Loads versions into worker threads: of the pipeline's model for its vector and outputs, of others as they are. */
export class ModelOpener {
  readonly #options: ModelOpenerOptions;
  /** What the first version of the pipeline's model publishes. */
  #outputs: string | null = null;

  constructor(options: ModelOpenerOptions) {
    this.#options = options;
  }

  /** @throws AppError `MODEL_NOT_FOUND`, `MODEL_INVALID`, `MODEL_MISMATCH`, `NOT_IN_THIS_VERSION` */
  async open(name: string, version: string): Promise<ServedModel> {
    const { plan, registry, clock } = this.#options;
    const files = await registry.resolve(name, version);
    const statistics = new ModelStatistics(clock);
    if (name === plan.predict.model) return this.#openForVectors(files, statistics);
    const tensors = await loadTensorModel(this.#running(files, statistics));
    const { queuedRows, close } = tensors;
    return { port: null, tensors, statistics, queuedRows, cachedBytes: () => null, close };
  }

  async #openForVectors(files: ModelFiles, statistics: ModelStatistics): Promise<ServedModel> {
    const { plan, watch, warn } = this.#options;
    const { outputs, cache } = plan.predict;
    const vector = plan.vector.map((feature) => feature.name);
    const running = this.#running(files, statistics);
    const model = await loadModel({
      ...running,
      vector,
      categories: featureCategories(plan.vector),
      outputs,
      cache,
      cacheObserver: {
        looked: (hits, misses) => {
          watch.looked(hits, misses);
          statistics.looked(hits, misses);
        },
        evicted: () => watch.evicted(),
      },
    });
    await this.#assertGood(model, files);
    const { tensors, queuedRows, cachedBytes, close, name, version } = model;
    if (cache && cachedBytes() === null)
      warn(`no answer of ${name} ${version} is kept (predict.cache): its model.json says "deterministic": false`);
    return { port: model, tensors, statistics, queuedRows, cachedBytes, close };
  }

  #running(files: ModelFiles, statistics: ModelStatistics): RunOptions {
    const { plan, clock, run, watch } = this.#options;
    const { providers, batch } = plan.predict;
    const observer: RunOptions['observer'] = {
      batch: (report) => {
        watch.batch(report);
        statistics.batch(report);
      },
      dropped: (source, why, rows) => watch.dropped(source, why, rows),
    };
    return { ...run, files, providers, batch, clock, observer, onWorkerLost: watch.workerLost };
  }

  /** What fails is refused, and leaves no worker behind. */
  async #assertGood(model: LoadedModel, files: ModelFiles): Promise<void> {
    const { vector, predict } = this.#options.plan;
    try {
      await verifySample(model, files, { vector: vector.map(({ name }) => name), outputs: predict.outputs });
      this.#assertSameOutputs(model);
    } catch (error) {
      await model.close();
      throw error;
    }
  }

  /** Whoever reads predictions, and the monitor, knows the outputs by the plan. */
  #assertSameOutputs(model: LoadedModel): void {
    const found = publishedOutputs(model);
    const wanted = (this.#outputs ??= found);
    if (found === wanted) return;
    throw new AppError(
      'MODEL_MISMATCH',
      `${model.name} ${model.version} publishes ${found}; the version before it ${wanted}. ` +
        'All versions must publish the same: name them with predict.outputs.',
    );
  }
}
