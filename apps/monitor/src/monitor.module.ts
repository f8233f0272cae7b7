import { Module, type DynamicModule } from '@nestjs/common';

import { MonitorController } from './monitor.controller.ts';
import { MonitorStage } from './monitor.stage.ts';

/** Predictions meet outcomes; windows meet the model's reference. */
@Module({})
export class MonitorModule {
  static of(stage: MonitorStage): DynamicModule {
    return {
      module: MonitorModule,
      controllers: [MonitorController],
      providers: [{ provide: MonitorStage, useValue: stage }],
    };
  }
}
