import { Module, type DynamicModule } from '@nestjs/common';

import { HealthController } from '../health/health.controller.ts';
import { ServiceHealth } from '../health/service-health.ts';
import { ApiKeys } from '../keys/api-keys.ts';
import { LogLevelController } from '../logging/log-level.controller.ts';
import { ServiceLogger } from '../logging/service-logger.ts';
import { MetricRegistry } from '../metrics/metric-registry.ts';
import { MetricsController } from '../metrics/metrics.controller.ts';

export interface PlatformParts {
  readonly logger: ServiceLogger;
  readonly metrics: MetricRegistry;
  readonly health: ServiceHealth;
  /** Of those who may change what the service logs. */
  readonly keys: ApiKeys;
}

/** What every service has: health, metrics, and a logger of its own to inject, whose level can be changed. */
@Module({})
export class PlatformModule {
  static of({ logger, metrics, health, keys }: PlatformParts): DynamicModule {
    return {
      module: PlatformModule,
      global: true,
      controllers: [HealthController, MetricsController, LogLevelController],
      providers: [
        { provide: ServiceLogger, useValue: logger },
        { provide: MetricRegistry, useValue: metrics },
        { provide: ServiceHealth, useValue: health },
        { provide: ApiKeys, useValue: keys },
      ],
      exports: [ServiceLogger, MetricRegistry, ServiceHealth],
    };
  }
}
