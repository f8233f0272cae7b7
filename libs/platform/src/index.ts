/** Ring 4: the only library that knows Nest: configuration, logs, transport, health, metrics, traces, doors. */
export { createService, groupIdOf } from './bootstrap/create-service.ts';
export type { ServiceContext, ServiceDefinition } from './bootstrap/service-definition.ts';
export { SERVICE_NAMES, type ServiceName, type ServiceOptions } from './bootstrap/service-options.ts';
export { Service } from './bootstrap/service.ts';
export type { KafkaConnection, LogLevel, PlatformConfig, TracesConfig } from './config/platform-config.ts';
export { readConfig } from './config/read-config.ts';
export type { HealthCheck } from './health/health-check.ts';
export { checkExposure } from './http/check-exposure.ts';
export { PROBLEM_JSON, problemDocument, type ProblemDocument } from './http/problem-document.ts';
export { openLogs, type Logs } from './logging/open-logs.ts';
export { ServiceLogger } from './logging/service-logger.ts';
export { Counter } from './metrics/counter.ts';
export { BATCH_RECORDS, Histogram, LATENCY_SECONDS } from './metrics/histogram.ts';
export { MetricRegistry, type MetricInfo } from './metrics/metric-registry.ts';
export { ensureTopics } from './topics/ensure-topics.ts';
export { Consumes, STREAM, type BatchHandler } from './transport/consumes.ts';
export type { RecordBatch } from './transport/record-batch.ts';
