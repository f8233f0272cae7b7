import type { Clock } from '@millrace/core';
import type { PredictionValue } from '@millrace/records';
import type { FetchPosition, Log } from '@millrace/stream';

const LIMITS = { maxWaitMs: 200, maxBytes: 8 << 20, maxBytesPerPartition: 1 << 20 };

export interface AnswersWanted {
  readonly log: Log;
  readonly topic: string;
  readonly partitions: number;
  readonly count: number;
  readonly clock: Clock;
  readonly timeoutMs: number;
}

/** Reads predictions from the beginning until there are `count`: their records' timestamps by id. */
export async function readAnswers(wanted: AnswersWanted): Promise<ReadonlyMap<string, number>> {
  const { log, topic, partitions, count, clock, timeoutMs } = wanted;
  const source = log.source();
  const answers = new Map<string, number>();
  const endMs = clock.elapsed() + timeoutMs;
  let positions: readonly FetchPosition[] = Array.from({ length: partitions }, (_, partition) => ({
    topic,
    partition,
    offset: 0,
  }));
  try {
    while (answers.size < count && clock.elapsed() < endMs) {
      const chunks = await source.fetch(positions, LIMITS);
      for (const record of chunks.flatMap(({ records }) => records))
        answers.set((JSON.parse(String(record.value)) as PredictionValue).id, record.timestamp);
      const next = new Map(chunks.map((chunk) => [chunk.partition, chunk.next]));
      positions = positions.map((at) => ({ ...at, offset: next.get(at.partition) ?? at.offset }));
    }
    return answers;
  } finally {
    await source.close();
  }
}
