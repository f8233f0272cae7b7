import type { ModelStoreSettings, RunOptions } from '@millrace/inference';

import type { ApiKey } from '../keys/api-key.ts';

/** The settings of a process, as read from its environment. */
export interface PlatformConfig {
  readonly kafka: KafkaConnection;
  readonly logLevel: LogLevel;
  readonly apiKeys: readonly ApiKey[];
  /** Paths of the PEM files that the doors show; null: they are not encrypted. */
  readonly tls: TlsFiles | null;
  /** For a process of one service; the command line has flags instead. */
  readonly doors: { readonly host: string; readonly httpPort: number; readonly grpcPort: number | null };
  readonly instanceId: string | null;
  /** What pseudonyms are made with; null: not set. */
  readonly pseudonymKey: string | null;
  /** How long a member of a group may be silent. */
  readonly sessionTimeoutMs: number;
  /** For models in an object store. */
  readonly modelStore: ModelStoreSettings;
  /** What a version is run with, whichever it is. */
  readonly modelRun: Pick<RunOptions, 'workers' | 'threads' | 'hangMs'>;
  /** Null: nothing is traced and nothing is sent. */
  readonly traces: TracesConfig | null;
  /** Of the monitor's door, as people reach it; null: not known. */
  readonly monitorUrl: string | null;
  /** What the pipeline file names `${NAME}`. */
  readonly variable: (name: string) => string | undefined;
  /** Null: metrics are read from the page, and not sent. */
  readonly metrics: MetricsConfig | null;
}

/** How metrics are sent by OTLP. */
export interface MetricsConfig {
  readonly protocol: 'http/protobuf' | 'http/json';
  readonly everyMs: number;
}

/** As `LOG_LEVEL` names them; each lets through what stands before it, `silent` nothing. */
export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

export type LogLevel = (typeof LOG_LEVELS)[number];

export interface KafkaConnection {
  readonly brokers: readonly string[];
  /** Paths of PEM files; null: no encryption. */
  readonly ssl: SslFiles | null;
  readonly sasl: SaslCredentials | null;
}

export interface SslFiles {
  readonly ca: string | null;
  readonly cert: string | null;
  readonly key: string | null;
}

export interface TlsFiles {
  /** The certificate, and behind it those that lead to a root. */
  readonly cert: string;
  readonly key: string;
}

export type SaslCredentials =
  | {
      readonly mechanism: 'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512';
      readonly username: string;
      readonly password: string;
    }
  | { readonly mechanism: 'OAUTHBEARER'; readonly client: OauthClient };

/** Who asks for tokens, and where. */
export interface OauthClient {
  /** A token endpoint, or a file that has the token (`file:`), for which nobody need say who he is. */
  readonly tokenUrl: URL;
  readonly id: string;
  readonly secret: string;
  readonly scope: string | null;
}

/** See the OpenTelemetry specification, "Environment Variable Specification". */
export interface TracesConfig {
  readonly exporter: 'otlp' | 'console';
  readonly protocol: 'http/protobuf' | 'http/json';
  readonly sampler: SamplerName;
  /** Share of the traces, for the ratio samplers. */
  readonly ratio: number;
  readonly queue: { readonly delayMs: number; readonly size: number; readonly batch: number };
}

export type SamplerName =
  | 'always_on'
  | 'always_off'
  | 'traceidratio'
  | 'parentbased_always_on'
  | 'parentbased_always_off'
  | 'parentbased_traceidratio';
