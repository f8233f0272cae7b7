import { Module, type DynamicModule } from '@nestjs/common';

import { IngestController } from './ingest.controller.ts';
import { IngestStage } from './ingest.stage.ts';

/** What users write, by topic or by HTTP, becomes what the other services need. */
@Module({})
export class IngestModule {
  static of(stage: IngestStage): DynamicModule {
    return {
      module: IngestModule,
      controllers: [IngestController],
      providers: [{ provide: IngestStage, useValue: stage }],
    };
  }
}
