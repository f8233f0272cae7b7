import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

import { AppError } from '@millrace/core';
import type { ModelStoreSettings } from '@millrace/inference';

import { ENVIRONMENT_VARIABLES, type EnvironmentValues } from './environment-variables.ts';
import type {
  KafkaConnection,
  MetricsConfig,
  OauthClient,
  PlatformConfig,
  SaslCredentials,
  TlsFiles,
  TracesConfig,
} from './platform-config.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The only reader of the process's environment (the command line hands in its own, with flags over it).
 *
 * @throws AppError `CONFIG_INVALID`, naming every variable that is not right
 */
export function readConfig(environment: Environment = process.env): PlatformConfig {
  const set = Object.fromEntries(
    Object.entries(environment).filter(([name, value]) => name in ENVIRONMENT_VARIABLES.shape && value?.trim()),
  );
  const parsed = ENVIRONMENT_VARIABLES.safeParse(set);
  if (!parsed.success) throw invalid(parsed.error.issues, set);
  const values = parsed.data;
  return {
    kafka: kafkaConnection(values),
    logLevel: values.LOG_LEVEL,
    apiKeys: values.MILLRACE_API_KEYS,
    tls: tlsFiles(values),
    doors: { host: values.MILLRACE_HOST, httpPort: values.MILLRACE_HTTP, grpcPort: values.MILLRACE_GRPC ?? null },
    instanceId: values.MILLRACE_INSTANCE ?? null,
    pseudonymKey: values.MILLRACE_PSEUDONYM_KEY ?? null,
    sessionTimeoutMs: values.MILLRACE_SESSION_TIMEOUT,
    modelStore: modelStore(values),
    modelRun: {
      threads: values.MILLRACE_MODEL_THREADS,
      hangMs: values.MILLRACE_MODEL_TIMEOUT,
      ...(values.MILLRACE_MODEL_WORKERS !== undefined && { workers: values.MILLRACE_MODEL_WORKERS }),
    },
    traces: tracesConfig(values),
    monitorUrl: values.MILLRACE_MONITOR_URL ?? null,
    variable: (name) => environment[name],
    metrics: metricsConfig(values),
  };
}

/** Names of secrets, whose values are never shown. */
const SECRET = /PASSWORD|KEYS$|^AWS_(ACCESS|SECRET|SESSION)_/;

function invalid(
  issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[],
  set: Environment,
): AppError {
  const lines = issues.map(({ path, message }) => {
    const name = String(path[0]);
    return `${name}: found ${SECRET.test(name) ? '(hidden)' : JSON.stringify(set[name])}; ${message}`;
  });
  return new AppError('CONFIG_INVALID', `${lines.join('. ')}. docs/configuration.md lists all variables.`);
}

function kafkaConnection(values: EnvironmentValues): KafkaConnection {
  const protocol = values.KAFKA_SECURITY_PROTOCOL;
  const { KAFKA_SSL_CA: ca = null, KAFKA_SSL_CERT: cert = null, KAFKA_SSL_KEY: key = null } = values;
  if ((cert === null) !== (key === null))
    throw new AppError('CONFIG_INVALID', 'KAFKA_SSL_CERT and KAFKA_SSL_KEY go together: set both or none.');
  return {
    brokers: values.KAFKA_BROKERS,
    ssl: protocol === 'SSL' || protocol === 'SASL_SSL' ? { ca, cert, key } : null,
    sasl: protocol.startsWith('SASL_') ? saslCredentials(values) : null,
  };
}

function saslCredentials(values: EnvironmentValues): SaslCredentials {
  const { KAFKA_SASL_MECHANISM: mechanism, KAFKA_SASL_USERNAME: username, KAFKA_SASL_PASSWORD: password } = values;
  if (mechanism === 'OAUTHBEARER') return { mechanism, client: oauthClient(values) };
  if (username === undefined || password === undefined) {
    throw new AppError(
      'CONFIG_INVALID',
      `KAFKA_SECURITY_PROTOCOL=${values.KAFKA_SECURITY_PROTOCOL} needs KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD.`,
    );
  }
  return { mechanism, username, password };
}

function oauthClient(values: EnvironmentValues): OauthClient {
  const { KAFKA_SASL_OAUTH_TOKEN_URL: tokenUrl, KAFKA_SASL_OAUTH_SCOPE: scope = null } = values;
  const { KAFKA_SASL_USERNAME: id, KAFKA_SASL_PASSWORD: secret } = values;
  const isNamed = id !== undefined && secret !== undefined;
  if (!tokenUrl || (tokenUrl.protocol !== 'file:' && !isNamed)) {
    throw new AppError(
      'CONFIG_INVALID',
      'KAFKA_SASL_MECHANISM=OAUTHBEARER needs KAFKA_SASL_OAUTH_TOKEN_URL, and where that is no file: URL, KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD, the id and the secret of the client.',
    );
  }
  return { tokenUrl, id: id ?? '', secret: secret ?? '', scope };
}

function tlsFiles({ MILLRACE_TLS_CERT: cert, MILLRACE_TLS_KEY: key }: EnvironmentValues): TlsFiles | null {
  if ((cert === undefined) !== (key === undefined))
    throw new AppError('CONFIG_INVALID', 'MILLRACE_TLS_CERT and MILLRACE_TLS_KEY go together: set both or none.');
  return cert === undefined || key === undefined ? null : { cert, key };
}

function modelStore(values: EnvironmentValues): ModelStoreSettings {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = values;
  if ((accessKeyId === undefined) !== (secretAccessKey === undefined))
    throw new AppError('CONFIG_INVALID', 'AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY go together: set both or none.');
  return {
    s3: {
      endpoint: values.AWS_ENDPOINT_URL_S3 ?? values.AWS_ENDPOINT_URL ?? null,
      region: values.AWS_REGION ?? values.AWS_DEFAULT_REGION,
      credentials:
        accessKeyId === undefined || secretAccessKey === undefined
          ? null
          : { accessKeyId, secretAccessKey, sessionToken: values.AWS_SESSION_TOKEN ?? null },
    },
    cacheFolder: resolve(values.MILLRACE_MODEL_CACHE ?? join(homedir(), '.cache', 'millrace', 'models')),
    cacheBytes: values.MILLRACE_MODEL_CACHE_BYTES,
  };
}

/** Not sent because an endpoint is set: many take traces alone, and everybody can read the page. */
function metricsConfig(values: EnvironmentValues): MetricsConfig | null {
  if (values.OTEL_SDK_DISABLED || values.OTEL_METRICS_EXPORTER === 'none') return null;
  return { protocol: values.OTEL_EXPORTER_OTLP_PROTOCOL, everyMs: values.OTEL_METRIC_EXPORT_INTERVAL };
}

function tracesConfig(values: EnvironmentValues): TracesConfig | null {
  const endpoint = values.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? values.OTEL_EXPORTER_OTLP_ENDPOINT;
  const exporter = values.OTEL_TRACES_EXPORTER ?? (endpoint === undefined ? 'none' : 'otlp');
  if (values.OTEL_SDK_DISABLED || exporter === 'none') return null;
  return {
    exporter,
    protocol: values.OTEL_EXPORTER_OTLP_PROTOCOL,
    sampler: values.OTEL_TRACES_SAMPLER,
    ratio: values.OTEL_TRACES_SAMPLER_ARG,
    queue: {
      delayMs: values.OTEL_BSP_SCHEDULE_DELAY,
      size: values.OTEL_BSP_MAX_QUEUE_SIZE,
      batch: Math.min(values.OTEL_BSP_MAX_EXPORT_BATCH_SIZE, values.OTEL_BSP_MAX_QUEUE_SIZE),
    },
  };
}
