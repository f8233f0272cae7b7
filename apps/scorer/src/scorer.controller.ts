import { Consumes, type RecordBatch } from '@millrace/platform';
import type { StageOutput } from '@millrace/stream';
import { Controller } from '@nestjs/common';

import { ScorerStage } from './scorer.stage.ts';

@Controller()
export class ScorerController {
  readonly #stage: ScorerStage;

  constructor(stage: ScorerStage) {
    this.#stage = stage;
  }

  @Consumes('features')
  score({ records }: RecordBatch): Promise<StageOutput> {
    return this.#stage.process(records);
  }
}
