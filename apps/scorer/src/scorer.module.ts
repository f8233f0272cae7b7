import { ApiKeys } from '@millrace/platform';
import { Module, type DynamicModule } from '@nestjs/common';

import { InferenceDoor } from './door/inference-door.ts';
import { ModelController, ModelVersionController } from './door/model.controller.ts';
import { RepositoryController } from './door/repository.controller.ts';
import { ServerController } from './door/server.controller.ts';
import { ScorerController } from './scorer.controller.ts';
import { ScorerStage } from './scorer.stage.ts';

/** Vectors in, predictions out; tensors by HTTP go through the same model. */
@Module({})
export class ScorerModule {
  static of(stage: ScorerStage, door: InferenceDoor, keys: ApiKeys): DynamicModule {
    return {
      module: ScorerModule,
      controllers: [ScorerController, ServerController, ModelController, ModelVersionController, RepositoryController],
      providers: [
        { provide: ScorerStage, useValue: stage },
        { provide: InferenceDoor, useValue: door },
        { provide: ApiKeys, useValue: keys },
      ],
    };
  }
}
