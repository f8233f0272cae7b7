import { Module, type DynamicModule } from '@nestjs/common';

import { EventDoor } from './door/event-door.ts';
import { EventsController } from './events.controller.ts';
import { IngestController } from './ingest.controller.ts';
import { IngestStage } from './ingest.stage.ts';

/** What users write, by topic or by HTTP, becomes what the other services need. */
@Module({})
export class IngestModule {
  static of(stage: IngestStage, door: EventDoor): DynamicModule {
    const providers = [
      { provide: IngestStage, useValue: stage },
      { provide: EventDoor, useValue: door },
    ];
    return { module: IngestModule, controllers: [IngestController, EventsController], providers };
  }
}
