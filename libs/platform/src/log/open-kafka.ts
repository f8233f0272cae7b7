import type { Clock } from '@millrace/core';
import { KafkaLog, type ConnectionSettings } from '@millrace/kafka';
import type { Log } from '@millrace/stream';

import type { KafkaConnection, SslFiles } from '../config/platform-config.ts';
import { readPemFile } from '../config/read-pem-file.ts';

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
    ...(ca !== null && { ca: await readPemFile('KAFKA_SSL_CA', ca) }),
    ...(cert !== null && { cert: await readPemFile('KAFKA_SSL_CERT', cert) }),
    ...(key !== null && { key: await readPemFile('KAFKA_SSL_KEY', key) }),
  };
}
