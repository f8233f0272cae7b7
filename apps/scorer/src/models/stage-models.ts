import type { ModelPort } from '@millrace/inference';

import type { Champion } from './champion.ts';

/** The versions of the pipeline's model, as the stage uses them. */
export interface StageModels {
  /** What a partition begins with that was never committed, as of now. */
  first(): Promise<Champion>;
  /** What a partition has where no alias was. */
  fromPlan(): Promise<string>;
  /** Null while it is not loaded. */
  get(version: string): ModelPort | null;
  /** @throws AppError `MODEL_NOT_FOUND`, `MODEL_INVALID`, `MODEL_MISMATCH`, `NOT_IN_THIS_VERSION` */
  load(version: string): Promise<ModelPort>;
  /** A partition has come to the place of a switch. */
  switched(champion: Champion): void;
  /** A partition may need a version no more. */
  tidy(): void;
}
