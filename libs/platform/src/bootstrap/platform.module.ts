import { Module, type DynamicModule } from '@nestjs/common';

import { HealthController } from '../health/health.controller.ts';
import { ServiceHealth } from '../health/service-health.ts';
import { ServiceLogger } from '../logging/service-logger.ts';
import { MetricRegistry } from '../metrics/metric-registry.ts';
import { MetricsController } from '../metrics/metrics.controller.ts';

export interface PlatformParts {
  readonly logger: ServiceLogger;
  readonly metrics: MetricRegistry;
  readonly health: ServiceHealth;
}

/** What every service has: health, metrics, and a logger of its own to inject. */
@Module({})
export class PlatformModule {
  static of({ logger, metrics, health }: PlatformParts): DynamicModule {
    return {
      module: PlatformModule,
      global: true,
      controllers: [HealthController, MetricsController],
      providers: [
        { provide: ServiceLogger, useValue: logger },
        { provide: MetricRegistry, useValue: metrics },
        { provide: ServiceHealth, useValue: health },
      ],
      exports: [ServiceLogger, MetricRegistry, ServiceHealth],
    };
  }
}
