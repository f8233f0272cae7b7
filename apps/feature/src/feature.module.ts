import { Module, type DynamicModule } from '@nestjs/common';

import { FeatureController } from './feature.controller.ts';
import { FeatureStage } from './feature.stage.ts';

/** The keyed stages and the assembler of vectors. */
@Module({})
export class FeatureModule {
  static of(stage: FeatureStage): DynamicModule {
    return {
      module: FeatureModule,
      controllers: [FeatureController],
      providers: [{ provide: FeatureStage, useValue: stage }],
    };
  }
}
