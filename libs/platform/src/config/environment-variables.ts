import { messageOf } from '@millrace/core';
import { z } from 'zod';

import { isLoopback } from '../http/check-exposure.ts';
import { parseApiKeys } from '../keys/parse-api-keys.ts';
import { LOG_LEVELS } from './platform-config.ts';

const list = z.string().transform((text) =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== ''),
);
const apiKeys = list.transform((entries, context) => {
  try {
    return parseApiKeys(entries);
  } catch (error) {
    context.addIssue({ code: 'custom', message: messageOf(error) });
    return z.NEVER;
  }
});
const flag = z.enum(['true', 'false']).transform((text) => text === 'true');
const httpUrl = z.url({ protocol: /^https?$/, error: 'allowed: a URL, http://… or https://…' }).optional();
const tokenUrl = z
  .url({ protocol: /^(https?|file)$/, error: 'allowed: a URL, https://… or file:///…' })
  .transform((text) => new URL(text))
  .refine(
    ({ protocol, hostname }) => protocol !== 'http:' || isLoopback(hostname),
    'allowed: https://… or file:///…, since the secret of the client is sent there; http://… to this machine alone',
  );
const count = z.coerce.number().int().positive();

/**
 * Every environment variable that is read, with what is allowed, its default and its meaning.
 * `docs/configuration.md` is proved against this table. A variable set to nothing counts as not set.
 */
export const ENVIRONMENT_VARIABLES = z.object({
  AWS_ACCESS_KEY_ID: z
    .string()
    .optional()
    .describe('who asks an object store for models; without it requests are not signed'),
  AWS_SECRET_ACCESS_KEY: z.string().optional().describe('secret of that key'),
  AWS_SESSION_TOKEN: z.string().optional().describe('belongs to temporary keys'),
  AWS_REGION: z.string().optional().describe('region of the object store; before `AWS_DEFAULT_REGION`'),
  AWS_DEFAULT_REGION: z.string().prefault('us-east-1').describe('region of the object store, without `AWS_REGION`'),
  AWS_ENDPOINT_URL_S3: httpUrl.describe('address of the object store; before `AWS_ENDPOINT_URL`'),
  AWS_ENDPOINT_URL: httpUrl.describe('address of an object store that is not the one of AWS in the region'),
  KAFKA_BROKERS: list.prefault('localhost:9092').describe('brokers, `host:port`, separated by commas'),
  KAFKA_SECURITY_PROTOCOL: z
    .enum(['PLAINTEXT', 'SSL', 'SASL_PLAINTEXT', 'SASL_SSL'])
    .prefault('PLAINTEXT')
    .describe('how to talk to the brokers'),
  KAFKA_SASL_MECHANISM: z
    .enum(['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512', 'OAUTHBEARER'])
    .prefault('PLAIN')
    .describe('how to log in, with `SASL_*` protocols'),
  KAFKA_SASL_USERNAME: z.string().optional().describe('user for SASL; with `OAUTHBEARER` the client’s id'),
  KAFKA_SASL_PASSWORD: z.string().optional().describe('password for SASL; with `OAUTHBEARER` the client’s secret'),
  KAFKA_SASL_OAUTH_TOKEN_URL: tokenUrl
    .optional()
    .describe('token endpoint for `OAUTHBEARER`, or `file:///…` for a file that has the token'),
  KAFKA_SASL_OAUTH_SCOPE: z.string().optional().describe('scope to ask the token endpoint for'),
  KAFKA_SSL_CA: z.string().optional().describe('PEM file of certificates to trust instead of the system’s'),
  KAFKA_SSL_CERT: z.string().optional().describe('PEM file of the own certificate'),
  KAFKA_SSL_KEY: z.string().optional().describe('PEM file of the own certificate’s key'),
  LOG_LEVEL: z.enum(LOG_LEVELS).prefault('info').describe('least level of the log lines (JSON, on stderr)'),
  MILLRACE_API_KEYS: apiKeys
    .prefault('')
    .describe(
      'keys that the doors of ingest, scorer and monitor accept (`Authorization: Bearer …`), or their hashes, separated by commas, with names, rights and rates where wanted ([security.md](security.md#keys)); needed when they listen beyond loopback',
    ),
  MILLRACE_HOST: z
    .string()
    .prefault('127.0.0.1')
    .describe('address of the doors, for a service that is started alone (`--host` of `millrace up`)'),
  MILLRACE_GRPC: z.coerce
    .number()
    .int()
    .min(0)
    .max(65_535)
    .optional()
    .describe('port of the scorer’s gRPC door; without it `MILLRACE_HTTP` + 4; `0`: a free one (`--grpc`)'),
  MILLRACE_HTTP: z.coerce
    .number()
    .int()
    .min(0)
    .max(65_531)
    .prefault('8080')
    .describe('port of ingest’s door; feature, scorer and monitor take the three behind it; `0`: free ones (`--http`)'),
  MILLRACE_INSTANCE: z
    .string()
    .regex(/^[\w.-]+$/, 'allowed: letters, digits, `.`, `_`, `-`')
    .optional()
    .describe('static membership and a lasting transactional id (`--instance`)'),
  MILLRACE_MODEL_CACHE: z
    .string()
    .optional()
    .describe('folder for models of an object store; without it `.cache/millrace/models` in the home folder'),
  MILLRACE_MODEL_CACHE_BYTES: count
    .prefault('4294967296')
    .describe('what may lie in that folder; models that are used, or were within the hour, stay beyond it'),
  MILLRACE_MODEL_THREADS: count.max(1024).prefault('1').describe('cores that each worker of a model may use'),
  MILLRACE_MODEL_TIMEOUT: count
    .max(3_600_000)
    .prefault('10000')
    .describe('milliseconds; a worker that works on one batch for longer is replaced'),
  MILLRACE_MODEL_WORKERS: count
    .max(1024)
    .optional()
    .describe(
      'worker threads of a model; without it the cores less one, divided by `MILLRACE_MODEL_THREADS`, at least one',
    ),
  MILLRACE_MONITOR_URL: httpUrl.describe(
    'address of the monitor’s door as people reach it; what sinks tell has a link to its page then',
  ),
  MILLRACE_PSEUDONYM_KEY: z
    .string()
    .optional()
    .describe(
      'secret that pseudonyms are made with, 32 bytes or more ([security.md](security.md#pseudonyms)); needed by ingest and by commands that read events, where the pipeline file has `events.pseudonyms`',
    ),
  MILLRACE_SESSION_TIMEOUT: count
    .min(1000)
    .max(1_800_000)
    .prefault('10000')
    .describe(
      'milliseconds; an instance that is silent for longer loses its partitions to others: with `MILLRACE_INSTANCE`, how long its restart may take',
    ),
  MILLRACE_TLS_CERT: z
    .string()
    .optional()
    .describe(
      'PEM file of the certificate that the doors show; with it they speak TLS only, and see when it is renewed',
    ),
  MILLRACE_TLS_KEY: z.string().optional().describe('PEM file of that certificate’s key'),
  OTEL_SDK_DISABLED: flag.prefault('false').describe('`true`: no telemetry leaves the process'),
  OTEL_TRACES_EXPORTER: z
    .enum(['otlp', 'console', 'none'])
    .optional()
    .describe('where spans go; without it `otlp` if an endpoint is set, else none'),
  OTEL_METRICS_EXPORTER: z
    .enum(['otlp', 'none'])
    .prefault('none')
    .describe('`otlp`: metrics are sent, beside the page `/metrics`'),
  OTEL_METRIC_EXPORT_INTERVAL: count.prefault('60000').describe('milliseconds between two exports of metrics'),
  OTEL_EXPORTER_OTLP_ENDPOINT: z
    .url()
    .optional()
    .describe('collector for OTLP over HTTP; read by the exporter, like the other `OTEL_EXPORTER_OTLP_*`'),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: z.url().optional().describe('the same, for traces alone'),
  OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: z.url().optional().describe('the same, for metrics alone'),
  OTEL_EXPORTER_OTLP_PROTOCOL: z
    .enum(['http/protobuf', 'http/json'])
    .prefault('http/protobuf')
    .describe('encoding of OTLP'),
  OTEL_TRACES_SAMPLER: z
    .enum([
      'always_on',
      'always_off',
      'traceidratio',
      'parentbased_always_on',
      'parentbased_always_off',
      'parentbased_traceidratio',
    ])
    .prefault('parentbased_always_on')
    .describe('which events begin a trace at ingest'),
  OTEL_TRACES_SAMPLER_ARG: z.coerce
    .number()
    .min(0)
    .max(1)
    .prefault('1')
    .describe('share of the events, for the ratio samplers'),
  OTEL_BSP_SCHEDULE_DELAY: count.prefault('5000').describe('milliseconds between two exports of spans'),
  OTEL_BSP_MAX_QUEUE_SIZE: count.prefault('2048').describe('spans that wait for export; more are dropped'),
  OTEL_BSP_MAX_EXPORT_BATCH_SIZE: count.prefault('512').describe('spans in one export'),
});

export type EnvironmentValues = z.output<typeof ENVIRONMENT_VARIABLES>;
