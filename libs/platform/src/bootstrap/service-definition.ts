import type { Clock } from '@millrace/core';
import type { Plan } from '@millrace/pipeline';
import type { Log, Stage } from '@millrace/stream';
import type { DynamicModule } from '@nestjs/common';

import type { PlatformConfig } from '../config/platform-config.ts';
import type { GrpcDefinition } from '../grpc/grpc-service.ts';
import type { HealthCheck } from '../health/health-check.ts';
import type { ErrorFormat } from '../http/error-format.ts';
import type { ServiceLogger } from '../logging/service-logger.ts';
import type { MetricRegistry } from '../metrics/metric-registry.ts';

/** What a service is made from. */
export interface ServiceContext {
  readonly plan: Plan;
  readonly log: Log;
  readonly clock: Clock;
  readonly config: PlatformConfig;
  readonly logger: ServiceLogger;
  readonly metrics: MetricRegistry;
  /** Nobody waits for the service any more: its start may end. */
  readonly signal: AbortSignal;
}

/** What makes a service itself; the platform adds everything that all of them have. */
export interface ServiceDefinition {
  readonly stage: Stage;
  /** Controllers, with a `@Consumes` method for every topic of the stage. */
  readonly module: DynamicModule;
  /** What it must be to be ready, beside its runner. */
  readonly checks?: readonly HealthCheck[];
  /** What must be so before it takes part: its stage begins when this resolves. Ends early when the signal is given. */
  readonly prepare?: (signal: AbortSignal) => Promise<void>;
  /** What it answers by gRPC, where it has a port for that. */
  readonly grpc?: GrpcDefinition;
  /** How its doors say errors, where not by problem documents. */
  readonly errorFormats?: readonly ErrorFormat[];
  /** Called after the stage has stopped. */
  readonly close?: () => Promise<void>;
}
