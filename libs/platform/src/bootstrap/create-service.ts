import { randomUUID } from 'node:crypto';

import 'reflect-metadata';
import type { RunnerObserver } from '@millrace/stream';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';

import { GrpcDoor } from '../grpc/grpc-door.ts';
import { runnerHealth } from '../health/runner-health.ts';
import { ServiceHealth } from '../health/service-health.ts';
import { AllowedMethods } from '../http/allowed-methods.ts';
import { BodyBudget } from '../http/body-budget.ts';
import { isLoopback } from '../http/check-exposure.ts';
import { ErrorFilter } from '../http/error-filter.ts';
import { fastifyDoor } from '../http/fastify-door.ts';
import { serveOpenApi } from '../http/open-api.ts';
import { BODY_BYTES } from '../http/read-body.ts';
import { ApiKeys } from '../keys/api-keys.ts';
import { LogObserver } from '../logging/log-observer.ts';
import { MetricRegistry } from '../metrics/metric-registry.ts';
import { addProcessMetrics } from '../metrics/process-metrics.ts';
import { PushedMetrics } from '../metrics/pushed-metrics.ts';
import { RunnerMetrics } from '../metrics/runner-metrics.ts';
import { addStatusGauges } from '../metrics/status-gauges.ts';
import { beginsTrace } from '../telemetry/create-sampler.ts';
import { TraceForwarder } from '../telemetry/trace-forwarder.ts';
import { TraceObserver } from '../telemetry/trace-observer.ts';
import { Tracing } from '../telemetry/tracing.ts';
import { DoorCertificate } from '../tls/door-certificate.ts';
import { StreamTransport } from '../transport/stream-transport.ts';
import { topicRoles } from '../transport/topic-roles.ts';
import { CombinedObserver } from './combined-observer.ts';
import { DeadLetterBrake } from './dead-letter-brake.ts';
import type { PlatformParts } from './platform.module.ts';
import { RootModule } from './root.module.ts';
import type { ServiceContext, ServiceDefinition } from './service-definition.ts';
import type { ServiceName, ServiceOptions } from './service-options.ts';
import { Service } from './service.ts';

/** Of all requests to a service that are not answered yet: bodies, and what becomes of them without their coding. */
const HELD_BYTES = 16 * BODY_BYTES;

const NEVER = new AbortController().signal;

/**
 * Builds a service and checks it, as far as that goes without consuming anything.
 *
 * @param define makes its stage and module; it throws where it cannot (no model, for instance)
 */
export async function createService(
  name: ServiceName,
  options: ServiceOptions,
  define: (context: ServiceContext) => ServiceDefinition | Promise<ServiceDefinition>,
): Promise<Service> {
  const { plan, log, clock, config, logs, host, port, grpcPort, signal = NEVER } = options;
  const logger = logs.service(name);
  const certificate = config.tls && (await DoorCertificate.open(config.tls, (what) => logger.log(what)));
  const metrics = new MetricRegistry();
  const definition = await define({ plan, log, clock, config, logger, metrics, signal });
  const tracing = config.traces && new Tracing(name, config.traces, clock, options.spanExporter);
  const fail = (error: unknown): void => service.fail(error);
  const observer = new CombinedObserver([
    // first: the others speak of the traces
    traces(name, options, tracing),
    new RunnerMetrics(metrics, clock, name),
    new LogObserver(logger, clock),
    ...(plan.dlq.maxPerMinute === null ? [] : [new DeadLetterBrake(plan.dlq.maxPerMinute, clock, fail)]),
    ...(options.observer ? [options.observer] : []),
  ]);
  const transport = createTransport(name, options, definition, observer, fail);
  addStatusGauges(metrics, clock, name, () => transport.runner.status());
  addProcessMetrics(metrics, clock);

  const running = runnerHealth(() => transport.runner.status(), clock);
  const health = new ServiceHealth(name, [...running, ...(definition.checks ?? [])]);
  const keys = new ApiKeys(config.apiKeys, clock);
  const budget = new BodyBudget(HELD_BYTES);
  const parts = { logger, metrics, health, keys };
  const app = await createApp(name, options, definition, parts, { budget, certificate }, transport);
  const grpc =
    definition.grpc && grpcPort !== undefined
      ? { door: new GrpcDoor(definition.grpc, { health, budget, clock, logger }, certificate), port: grpcPort }
      : null;
  const pushed = config.metrics && new PushedMetrics(name, metrics, config.metrics, clock);
  const closing = [
    async () => definition.close?.(),
    async () => certificate?.close(),
    async () => pushed?.close(),
    async () => tracing?.close(),
  ];
  const service = new Service({ name, host, port, grpc, app, transport, health, closing });
  return checked(service, transport);
}

/** The consumer group of a service. */
export function groupIdOf(name: ServiceName, { plan }: Pick<ServiceOptions, 'plan'>): string {
  return `${plan.name}.${name}.${plan.featureSet}`;
}

function traces(name: ServiceName, options: ServiceOptions, tracing: Tracing | null): RunnerObserver {
  if (!tracing) return new TraceForwarder();
  return new TraceObserver({
    tracer: tracing.tracer,
    clock: options.clock,
    service: name,
    groupId: groupIdOf(name, options),
    begins:
      name === 'ingest' && options.config.traces ? beginsTrace(options.config.traces, options.clock) : () => false,
  });
}

function createTransport(
  name: ServiceName,
  options: ServiceOptions,
  { stage, prepare }: ServiceDefinition,
  observer: RunnerObserver,
  onFailed: (error: unknown) => void,
): StreamTransport {
  const { plan, log, clock, config, instanceId, from, leave } = options;
  const runner = {
    log,
    clock,
    observer,
    groupId: groupIdOf(name, options),
    transactionalId: `${groupIdOf(name, options)}.${instanceId ?? randomUUID()}`,
    delivery: plan.delivery,
    sessionTimeoutMs: config.sessionTimeoutMs,
    control: plan.names.control,
    dlq: { topic: plan.names.dlq, partitions: plan.topics.partitions },
    onOutOfRange: plan.onOutOfRange,
    ...(instanceId !== undefined && { instanceId }),
    ...(from !== undefined && { from }),
    ...(leave !== undefined && { leave }),
  };
  return new StreamTransport({ stage, roles: topicRoles(plan), runner, onFailed, ...(prepare && { prepare }) });
}

async function createApp(
  name: ServiceName,
  { logs, host }: ServiceOptions,
  { module, errorFormats = [] }: ServiceDefinition,
  parts: PlatformParts,
  { budget, certificate }: { readonly budget: BodyBudget; readonly certificate: DoorCertificate | null },
  strategy: StreamTransport,
): Promise<NestFastifyApplication> {
  const allowed = new AllowedMethods();
  const isLocal = parts.keys.isOpen && certificate === null && isLoopback(host);
  const door = fastifyDoor(budget, allowed, { certificate, isLocal });
  const options = { logger: logs.framework(), abortOnError: false, bodyParser: false };
  const app = await NestFactory.create<NestFastifyApplication>(RootModule.of(module, parts), door, options);
  app.useGlobalFilters(new ErrorFilter(parts.logger, errorFormats, allowed));
  app.connectMicroservice({ strategy }, { inheritAppConfig: true });
  serveOpenApi(app, name);
  return app.init();
}

/** A service that is not right closes what it has opened. */
async function checked(service: Service, transport: StreamTransport): Promise<Service> {
  try {
    transport.check();
    return service;
  } catch (error) {
    await service.stop();
    throw error;
  }
}
