import type { ConnectionOptions } from 'node:tls';

import type { Clock } from '@millrace/core';

import type { Sasl } from './internals.ts';

export interface ConnectionSettings {
  /** `host:port` each; any of the cluster's brokers will do. */
  readonly brokers: readonly string[];
  readonly clientId: string;
  readonly ssl?: ConnectionOptions;
  readonly sasl?: Sasl;
  readonly clock: Clock;
  /** How long a look at the topics is good for (`metadata.max.age.ms`). Default 30 s. */
  readonly metadataMaxAgeMs?: number;
}
