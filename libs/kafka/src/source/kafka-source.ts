import type { AppError, Clock } from '@millrace/core';
import { partitionKey, type TopicPartition } from '@millrace/records';
import type { FetchedChunk, FetchLimits, FetchPosition, PartitionBounds, RecordSource } from '@millrace/stream';

import type { KafkaCluster } from '../cluster/kafka-cluster.ts';
import { isLeaderMoving } from '../cluster/leader-moving.ts';
import { logError } from '../cluster/log-error.ts';
import type { PartitionFetch } from '../requests/fetch.ts';
import { listOffsetsRequest, OFFSET_AT, type PartitionOffset } from '../requests/list-offsets.ts';
import { assertNoError } from '../requests/protocol-error.ts';
import { isOn } from '../safeguards.ts';
import { readRecordBatches } from '../wire/record-batch-reader.ts';
import { LeaderFetches, type LeaderFetch } from './leader-fetches.ts';
import { outOfRange } from './out-of-range.ts';
import { ownMemory } from './own-memory.ts';

const OUT_OF_RANGE = 1;
/** Epoch milliseconds before which no record is. */
const EARLIEST_TIME = 0;
const RETRY_MS = 50;
/** How long leaders may move. Who fetches asks again by itself; who looks up offsets may be a service that starts, and would end. */
const MOVING_MS = { fetch: 1000, offsets: 10_000 };

/** Reads committed records, from all leaders at once. */
export class KafkaSource implements RecordSource {
  readonly #clock: Clock;
  readonly #cluster: KafkaCluster;
  readonly #fetches: LeaderFetches;

  constructor(clock: Clock, cluster: KafkaCluster) {
    this.#clock = clock;
    this.#cluster = cluster;
    this.#fetches = new LeaderFetches(cluster);
  }

  async fetch(positions: readonly FetchPosition[], limits: FetchLimits): Promise<readonly FetchedChunk[]> {
    if (positions.length === 0) return [];
    return this.#fromLeaders('fetching', MOVING_MS.fetch, positions, async (leaders) => {
      const answers = await this.#firstNews(
        [...leaders].map(([nodeId, own]) => this.#fetches.start(nodeId, own, limits)),
      );
      return this.#chunks(positions, answers);
    });
  }

  async bounds(partitions: readonly TopicPartition[]): Promise<ReadonlyMap<string, PartitionBounds>> {
    const [first, last] = await Promise.all([
      this.#offsets(partitions, OFFSET_AT.earliest),
      this.#offsets(partitions, OFFSET_AT.latest),
    ]);
    return byKey(partitions, (key) => ({
      first: first.get(key)?.offset ?? 0,
      lastStable: last.get(key)?.offset ?? 0,
    }));
  }

  async offsetsAt(partitions: readonly TopicPartition[], timestamp: number): Promise<ReadonlyMap<string, number>> {
    // The ends first: a record written between the two look-ups would lie before the end that is gone by, and be skipped.
    const ends = await this.#offsets(partitions, OFFSET_AT.latest);
    const found = await this.#offsets(partitions, timestamp);
    return byKey(partitions, (key) => found.get(key)?.offset ?? ends.get(key)?.offset ?? 0);
  }

  async close(): Promise<void> {
    this.#fetches.close();
    this.#cluster.close();
  }

  /** All that has been answered as soon as one leader has something to say; what the others are asked stays asked. */
  async #firstNews(fetches: readonly LeaderFetch[]): Promise<readonly PartitionFetch[]> {
    const waiting = new Set(fetches);
    let news = false;
    while (waiting.size > 0 && !news) {
      await Promise.race([...waiting].map(({ done }) => done));
      for (const fetch of waiting) {
        if (fetch.error !== null || fetch.answer !== null) waiting.delete(fetch);
        news ||=
          fetch.error !== null ||
          (fetch.answer ?? []).some(({ errorCode, batches }) => errorCode !== 0 || batches !== null);
      }
    }
    for (const fetch of waiting) this.#fetches.leave(fetch);
    return fetches.flatMap((fetch) => {
      if (fetch.error !== null) throw fetch.error;
      return fetch.answer ?? [];
    });
  }

  async #chunks(
    positions: readonly FetchPosition[],
    answers: readonly PartitionFetch[],
  ): Promise<readonly FetchedChunk[]> {
    const offsets = new Map(positions.map((at) => [partitionKey(at), at.offset]));
    const chunks: FetchedChunk[] = [];
    for (const answer of answers) {
      const offset = offsets.get(partitionKey(answer)) as number;
      const outside = answer.errorCode === OUT_OF_RANGE;
      if (outside && isOn('range-stop')) throw await this.#outOfRange(answer, offset);
      if (!outside) assertNoError(answer.errorCode);
      const chunk = outside ? await this.#skipped(answer) : chunkOf(answer, offset);
      if (chunk) chunks.push(chunk);
    }
    return chunks;
  }

  async #outOfRange(at: TopicPartition, asked: number): Promise<AppError> {
    const [bounds, left] = await Promise.all([this.bounds([at]), this.#offsets([at], EARLIEST_TIME)]);
    return outOfRange({
      at,
      asked,
      bounds: bounds.get(partitionKey(at)) as PartitionBounds,
      firstTimestamp: left.get(partitionKey(at))?.timestamp ?? null,
    });
  }

  /** What other clients do: on to the end. */
  async #skipped({ topic, partition }: TopicPartition): Promise<FetchedChunk> {
    const { lastStable } = (await this.bounds([{ topic, partition }])).values().next().value as PartitionBounds;
    return { topic, partition, records: [], next: lastStable, lastStable, bytes: 0, wireBytes: 0 };
  }

  #offsets(partitions: readonly TopicPartition[], timestamp: number): Promise<ReadonlyMap<string, PartitionOffset>> {
    return this.#fromLeaders('looking up offsets', MOVING_MS.offsets, partitions, async (leaders) => {
      const asked = [...leaders].map(([nodeId, own]) =>
        this.#cluster.send(nodeId, 'offsets', listOffsetsRequest(own, timestamp)),
      );
      const answers = (await Promise.all(asked)).flat();
      return new Map(answers.map((answer) => [partitionKey(answer), answer]));
    });
  }

  /** Asks again while leaders move. */
  async #fromLeaders<At extends TopicPartition, T>(
    doing: string,
    limitMs: number,
    partitions: readonly At[],
    ask: (leaders: ReadonlyMap<number, readonly At[]>) => Promise<T>,
  ): Promise<T> {
    const startedAt = this.#clock.elapsed();
    for (;;) {
      try {
        return await ask(await this.#cluster.leaders(partitions));
      } catch (error) {
        const moving = isLeaderMoving(error) && this.#clock.elapsed() - startedAt < limitMs;
        if (!moving) throw this.#failed(error, doing);
        this.#cluster.forgetLeaders();
        await this.#clock.sleep(RETRY_MS);
      }
    }
  }

  #failed(error: unknown, doing: string): AppError {
    const failure = logError(error, doing);
    if (failure.class === 'retry') this.#cluster.forget();
    return failure;
  }
}

/** Nothing when there is neither a record nor a step forward. */
function chunkOf(
  { topic, partition, lastStable, aborted, batches }: PartitionFetch,
  offset: number,
): FetchedChunk | null {
  if (batches === null) return null;
  const { records, next, bytes } = readRecordBatches(ownMemory(batches), { topic, partition }, offset, aborted);
  if (next === offset) return null;
  return { topic, partition, records, next, lastStable, bytes, wireBytes: batches.length };
}

function byKey<T>(partitions: readonly TopicPartition[], valueOf: (key: string) => T): ReadonlyMap<string, T> {
  return new Map(partitions.map(partitionKey).map((key) => [key, valueOf(key)]));
}
