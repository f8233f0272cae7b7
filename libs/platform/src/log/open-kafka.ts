import type { Clock } from '@millrace/core';
import { KafkaLog, type ConnectionSettings } from '@millrace/kafka';
import type { Log } from '@millrace/stream';

import type { KafkaConnection, SaslCredentials, SslFiles } from '../config/platform-config.ts';
import { readPemFile } from '../config/read-pem-file.ts';
import { OauthTokens } from './oauth-tokens.ts';

/**
 * Kafka, as the configuration says. Connects to nothing yet.
 *
 * @throws AppError `CONFIG_INVALID` for an address that is none or a file that cannot be read
 */
export async function openKafka({ brokers, ssl, sasl }: KafkaConnection, clientId: string, clock: Clock): Promise<Log> {
  const tls = ssl && (await readFiles(ssl));
  const login = sasl && loginOf(sasl, clock);
  return new KafkaLog({ brokers, clientId, clock, ...(tls && { ssl: tls }), ...(login && { sasl: login }) });
}

/** In kafkajs' words. */
function loginOf(sasl: SaslCredentials, clock: Clock): NonNullable<ConnectionSettings['sasl']> {
  if (sasl.mechanism !== 'OAUTHBEARER') return { ...sasl, mechanism: sasl.mechanism.toLowerCase() };
  const tokens = new OauthTokens(sasl.client, clock);
  return { mechanism: 'oauthbearer', oauthBearerProvider: async () => ({ value: await tokens.token() }) };
}

async function readFiles({ ca, cert, key }: SslFiles): Promise<NonNullable<ConnectionSettings['ssl']>> {
  return {
    ...(ca !== null && { ca: await readPemFile('KAFKA_SSL_CA', ca) }),
    ...(cert !== null && { cert: await readPemFile('KAFKA_SSL_CERT', cert) }),
    ...(key !== null && { key: await readPemFile('KAFKA_SSL_KEY', key) }),
  };
}
