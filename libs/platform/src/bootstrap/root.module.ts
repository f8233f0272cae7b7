import { Module, type DynamicModule } from '@nestjs/common';

import { PlatformModule, type PlatformParts } from './platform.module.ts';

/** One service: its own module and the platform's. */
@Module({})
export class RootModule {
  static of(service: DynamicModule, parts: PlatformParts): DynamicModule {
    return { module: RootModule, imports: [PlatformModule.of(parts), service] };
  }
}
