/**
 * `bare-client.process.ts BROKERS INPUT OUTPUT PARTITIONS`: the client alone, without a group, transactions or the engine:
 * fetches, decodes, encodes and produces, a fetch beside a produce. The most that an engine on it could reach.
 */
import { SystemClock } from '@millrace/core';
import { KafkaLog } from '@millrace/kafka';

const LIMITS = { maxWaitMs: 100, maxBytes: 4 << 20, maxBytesPerPartition: 1 << 20 };

const [brokers = '', input = '', output = '', partitions = ''] = process.argv.slice(2);
const log = new KafkaLog({ brokers: brokers.split(','), clientId: 'bare', clock: new SystemClock() });
const stopping = new AbortController();
process.once('SIGTERM', () => stopping.abort());
const source = log.source();
const publisher = log.publisher();
const positions = Array.from({ length: Number(partitions) }, (_, partition) => ({
  topic: input,
  partition,
  offset: 0,
}));
console.log('ready');
let published = Promise.resolve();
while (!stopping.signal.aborted) {
  const chunks = await source.fetch(positions, LIMITS);
  for (const { partition, next } of chunks) (positions[partition] as { offset: number }).offset = next;
  await published;
  published = publisher.publish(
    chunks.flatMap(({ records }) =>
      records.map(({ partition, key, value }) => ({ topic: output, partition, key, value })),
    ),
  );
}
await published;
await log.close();
