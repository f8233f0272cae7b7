import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import kafkajs from 'kafkajs';

const JARS = join('.kafka', 'libs');

export interface ReadTopic {
  /** Which client read: for the test's name on a machine without Java. */
  readonly client: 'the Java client' | 'kafkajs';
  readonly values: readonly string[];
}

/**
 * All committed records of a topic, read by a client that nobody here wrote: Kafka's own console consumer where its jars
 * are, else an unpatched kafkajs.
 */
export async function readTopic(brokers: string, topic: string): Promise<ReadTopic> {
  if (existsSync(JARS)) return { client: 'the Java client', values: await readByJava(brokers, topic) };
  return { client: 'kafkajs', values: await readByKafkajs(brokers, topic) };
}

/**
 * Reads until so many records are there, but not for ever: the partitions of a killed instance are nobody's until its session ends,
 * and a reader that stops when nothing has come for some seconds may be stopped by a busy broker.
 */
export async function readAtLeast(brokers: string, topic: string, count: number): Promise<ReadTopic> {
  for (let tries = 0; ; tries++) {
    const read = await readTopic(brokers, topic);
    if (read.values.length >= count || tries === 5) return read;
  }
}

async function readByJava(brokers: string, topic: string): Promise<readonly string[]> {
  const command = ['org.apache.kafka.tools.consumer.ConsoleConsumer', '--bootstrap-server', brokers, '--topic', topic];
  const reading = ['--from-beginning', '--isolation-level', 'read_committed', '--timeout-ms', '8000'];
  const { stdout } = await promisify(execFile)('java', ['-cp', join(JARS, '*'), ...command, ...reading], {
    maxBuffer: 1 << 30,
  });
  return stdout.split('\n').filter((line) => line.startsWith('{'));
}

async function readByKafkajs(brokers: string, topic: string): Promise<readonly string[]> {
  const kafka = new kafkajs.Kafka({
    brokers: brokers.split(','),
    logLevel: kafkajs.logLevel.NOTHING,
    retry: { retries: 5 },
  });
  const admin = kafka.admin();
  await admin.connect();
  const ends = new Map(
    (await admin.fetchTopicOffsets(topic)).map(({ partition, offset }) => [partition, Number(offset)]),
  );
  await admin.disconnect();
  const consumer = kafka.consumer({ groupId: `read-${topic}-${process.pid}-${Math.random()}` });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  const values: string[] = [];
  const left = new Set([...ends].filter(([, end]) => end > 0).map(([partition]) => partition));
  await new Promise<void>((resolve, reject) => {
    consumer
      .run({
        eachBatch: async ({ batch }) => {
          values.push(...batch.messages.filter(({ value }) => value !== null).map(({ value }) => String(value)));
          // A transaction's last offset is its control record, which is not handed over.
          if (Number(batch.lastOffset()) + 2 >= (ends.get(batch.partition) ?? 0)) left.delete(batch.partition);
          if (left.size === 0) resolve();
        },
      })
      .catch(reject);
  });
  await consumer.disconnect();
  return values;
}
