import { Consumes, type RecordBatch } from '@millrace/platform';
import type { StageOutput } from '@millrace/stream';
import { Controller } from '@nestjs/common';

import { MonitorStage } from './monitor.stage.ts';

@Controller()
export class MonitorController {
  readonly #stage: MonitorStage;

  constructor(stage: MonitorStage) {
    this.#stage = stage;
  }

  @Consumes('scored')
  joinScored({ records }: RecordBatch): StageOutput | Promise<StageOutput> {
    return this.#stage.process(records);
  }

  @Consumes('outcomes')
  joinOutcomes({ records }: RecordBatch): StageOutput | Promise<StageOutput> {
    return this.#stage.process(records);
  }

  @Consumes('counts')
  merge({ records }: RecordBatch): StageOutput | Promise<StageOutput> {
    return this.#stage.process(records);
  }
}
