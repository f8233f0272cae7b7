import { ApiKeys } from '@millrace/platform';
import { Module, type DynamicModule } from '@nestjs/common';

import { MonitorApiController } from './door/monitor-api.controller.ts';
import { MonitorDoor } from './door/monitor-door.ts';
import { MonitorController } from './monitor.controller.ts';
import { MonitorStage } from './monitor.stage.ts';

/** Predictions meet outcomes; windows meet the model's reference. */
@Module({})
export class MonitorModule {
  static of(stage: MonitorStage, door: MonitorDoor, keys: ApiKeys): DynamicModule {
    return {
      module: MonitorModule,
      controllers: [MonitorController, MonitorApiController],
      providers: [
        { provide: MonitorStage, useValue: stage },
        { provide: MonitorDoor, useValue: door },
        { provide: ApiKeys, useValue: keys },
      ],
    };
  }
}
