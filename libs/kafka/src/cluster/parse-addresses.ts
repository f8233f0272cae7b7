import { AppError } from '@millrace/core';

import type { Address } from './broker-link.ts';

const DEFAULT_PORT = 9092;

/**
 * `host`, `host:port` or `[ipv6]:port` each.
 *
 * @throws AppError `CONFIG_INVALID`
 */
export function parseAddresses(brokers: readonly string[]): readonly Address[] {
  if (brokers.length === 0) throw invalid('nothing');
  return brokers.map(parseAddress);
}

function parseAddress(text: string): Address {
  const parts = /^\s*(?:\[([^\]]+)\]|([^:\s]+))(?::(\d{1,5}))?\s*$/.exec(text);
  const port = Number(parts?.[3] ?? DEFAULT_PORT);
  const host = parts?.[1] ?? parts?.[2];
  if (!host || port < 1 || port > 65_535) throw invalid(`"${text}"`);
  return { host, port };
}

function invalid(found: string): AppError {
  return new AppError(
    'CONFIG_INVALID',
    `a broker's address is ${found}; allowed is host:port, several joined by commas (KAFKA_BROKERS, --kafka-brokers).`,
  );
}
