import { Consumes, type RecordBatch } from '@millrace/platform';
import type { StageOutput } from '@millrace/stream';
import { Controller } from '@nestjs/common';

import { IngestStage } from './ingest.stage.ts';

@Controller()
export class IngestController {
  readonly #stage: IngestStage;

  constructor(stage: IngestStage) {
    this.#stage = stage;
  }

  @Consumes('events')
  route({ records }: RecordBatch): StageOutput {
    return this.#stage.process(records);
  }
}
