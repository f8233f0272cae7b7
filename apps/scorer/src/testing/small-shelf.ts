import { AppError } from '@millrace/core';
import { ManualClock } from '@millrace/core/testing';
import type { ModelFiles, ModelPort, ModelRegistry, TensorModel } from '@millrace/inference';

import { ModelStatistics } from '../door/model-statistics.ts';
import { ModelShelf } from '../models/model-shelf.ts';

/** A shelf of models without threads, and the registry that they come from: `m` has the versions 1 to 3, `other` has 1. */
export class SmallShelf {
  readonly closed: string[] = [];
  /** Titles of versions that cannot be loaded, and why. */
  readonly broken = new Map<string, AppError>();
  readonly shelf = new ModelShelf({
    open: async (name, version) => {
      const error = this.broken.get(`${name}/${version}`);
      if (error) throw error;
      return {
        port: { name, version } as ModelPort,
        tensors: { name, version } as TensorModel,
        statistics: new ModelStatistics(new ManualClock()),
        queuedRows: () => 0,
        cachedBytes: () => null,
        close: async () => void this.closed.push(`${name}/${version}`),
      };
    },
    onLoaded: () => undefined,
    onClosed: () => undefined,
  });
  readonly registry: { -readonly [K in keyof ModelRegistry]: ModelRegistry[K] } = {
    names: async () => ['m', 'other'],
    versions: async (name) => (name === 'm' ? ['1', '2', '3'] : ['1']),
    resolve: async (name, version) => {
      const there = await this.registry.versions(name);
      const found = version ?? there.at(-1);
      if (found === undefined || !there.includes(found)) throw new AppError('MODEL_NOT_FOUND', `${name} ${version}`);
      return { name, version: found } as ModelFiles;
    },
  };

  get loaded(): readonly string[] {
    return this.shelf.all().map(({ tensors }) => `${tensors.name}/${tensors.version}`);
  }
}
