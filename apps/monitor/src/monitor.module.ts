import { ApiKeys } from '@millrace/platform';
import { Module, type DynamicModule } from '@nestjs/common';

import { MonitorApiController } from './door/monitor-api.controller.ts';
import { MonitorDoor } from './door/monitor-door.ts';
import { MonitorPageController, PAGE_FILES } from './door/monitor-page.controller.ts';
import type { PageFile } from './door/page-files.ts';
import { MonitorController } from './monitor.controller.ts';
import { MonitorStage } from './monitor.stage.ts';

export interface MonitorModuleOptions {
  readonly stage: MonitorStage;
  readonly door: MonitorDoor;
  readonly keys: ApiKeys;
  readonly page: ReadonlyMap<string, PageFile>;
}

/** Predictions meet outcomes; windows meet the model's reference. */
@Module({})
export class MonitorModule {
  static of({ stage, door, keys, page }: MonitorModuleOptions): DynamicModule {
    return {
      module: MonitorModule,
      controllers: [MonitorController, MonitorApiController, MonitorPageController],
      providers: [
        { provide: MonitorStage, useValue: stage },
        { provide: MonitorDoor, useValue: door },
        { provide: ApiKeys, useValue: keys },
        { provide: PAGE_FILES, useValue: page },
      ],
    };
  }
}
