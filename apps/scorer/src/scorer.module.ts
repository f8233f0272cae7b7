import { Module, type DynamicModule } from '@nestjs/common';

import { ScorerController } from './scorer.controller.ts';
import { ScorerStage } from './scorer.stage.ts';

/** Vectors in, predictions out. */
@Module({})
export class ScorerModule {
  static of(stage: ScorerStage): DynamicModule {
    return {
      module: ScorerModule,
      controllers: [ScorerController],
      providers: [{ provide: ScorerStage, useValue: stage }],
    };
  }
}
