import { readFile } from 'node:fs/promises';

import { AppError, messageOf, type Clock } from '@millrace/core';
import { KafkaLog, type ConnectionSettings } from '@millrace/kafka';
import type { Log } from '@millrace/stream';

import type { KafkaConnection, SslFiles } from '../config/platform-config.ts';

/**
 * Kafka, as the configuration says. Connects to nothing yet.
 *
 * @throws AppError `CONFIG_INVALID` for an address that is none or a file that cannot be read
 */
export async function openKafka({ brokers, ssl, sasl }: KafkaConnection, clientId: string, clock: Clock): Promise<Log> {
  const tls = ssl && (await readFiles(ssl));
  const login = sasl && { ...sasl, mechanism: sasl.mechanism.toLowerCase() };
  return new KafkaLog({ brokers, clientId, clock, ...(tls && { ssl: tls }), ...(login && { sasl: login }) });
}

async function readFiles({ ca, cert, key }: SslFiles): Promise<NonNullable<ConnectionSettings['ssl']>> {
  return {
    ...(ca !== null && { ca: await read('KAFKA_SSL_CA', ca) }),
    ...(cert !== null && { cert: await read('KAFKA_SSL_CERT', cert) }),
    ...(key !== null && { key: await read('KAFKA_SSL_KEY', key) }),
  };
}

async function read(variable: string, file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    throw new AppError(
      'CONFIG_INVALID',
      `${variable}: ${file} cannot be read (${messageOf(error)}). Name a PEM file.`,
      { cause: error },
    );
  }
}
