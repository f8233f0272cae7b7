import { Consumes, type RecordBatch } from '@millrace/platform';
import type { StageOutput } from '@millrace/stream';
import { Controller } from '@nestjs/common';

import { FeatureStage } from './feature.stage.ts';

@Controller()
export class FeatureController {
  readonly #stage: FeatureStage;

  constructor(stage: FeatureStage) {
    this.#stage = stage;
  }

  /** Every topic of a keyed stage has this role. */
  @Consumes('by')
  compute({ records }: RecordBatch): StageOutput {
    return this.#stage.process(records);
  }
}
