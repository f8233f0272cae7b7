import { readFile } from 'node:fs/promises';
import type { Clock } from '@millrace/core';
import { KafkaLog } from '@millrace/kafka';
import { MemoryLog } from '@millrace/memory-log';
import type { Plan } from '@millrace/pipeline';
import type { KafkaConnection } from '@millrace/platform';
import type { Log } from '@millrace/stream';

/** Kafka with the settings of a process. */
export async function openKafka({ brokers, ssl, sasl }: KafkaConnection, clientId: string, clock: Clock): Promise<Log> {
  const read = async (path: string | null): Promise<Buffer | undefined> => (path === null ? undefined : readFile(path));
  const files = ssl && { ca: await read(ssl.ca), cert: await read(ssl.cert), key: await read(ssl.key) };
  const tls = files && Object.fromEntries(Object.entries(files).filter(([, file]) => file !== undefined));
  const login = sasl && { mechanism: saslMechanism(sasl.mechanism), username: sasl.username, password: sasl.password };
  return new KafkaLog({ brokers, clientId, clock, ...(tls && { ssl: tls }), ...(login && { sasl: login }) });
}

/** A log in this process, which keeps of the plan's internal topics only what a restore needs. */
export function openEmbedded(plan: Plan, clock: Clock): Log {
  const internal = `${plan.name}.${plan.featureSet}.`;
  return new MemoryLog({ clock, trims: (topic) => topic.startsWith(internal) });
}

function saslMechanism(mechanism: NonNullable<KafkaConnection['sasl']>['mechanism']) {
  return mechanism.toLowerCase() as 'plain' | 'scram-sha-256' | 'scram-sha-512';
}
