import type { TensorModel } from '@millrace/inference';

import type { ModelStatistics } from './model-statistics.ts';

/** A version as the doors serve it. */
export interface DoorModel {
  readonly tensors: TensorModel;
  readonly statistics: ModelStatistics;
}

/** The models that may be asked here. */
export interface DoorModels {
  readonly all: readonly DoorModel[];
  /** Without a version of the pipeline's model: the champion. Null: it is not loaded here. */
  find(name: string, version?: string): DoorModel | null;
  /** The version stays until the task has ended. */
  use<T>(model: DoorModel, task: () => Promise<T>): Promise<T>;
  /**
   * Loads a version for the doors of this instance; the newest where none is said.
   *
   * @throws AppError `MODEL_NOT_FOUND`, `MODEL_INVALID`, `MODEL_MISMATCH`, `NOT_IN_THIS_VERSION`
   */
  load(name: string, version: string | null): Promise<void>;
  /**
   * Takes back what was loaded for the doors; of a model without a version all.
   *
   * @throws AppError `MODEL_NOT_FOUND`, `MODEL_IN_USE`
   */
  unload(name: string, version: string | null): void;
}
