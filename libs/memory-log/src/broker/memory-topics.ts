import { AppError, type Clock } from '@millrace/core';
import { partitionKey, type OutboundRecord, type TopicPartition } from '@millrace/records';
import type { FetchedChunk, FetchLimits, FetchPosition, TopicSpec } from '@millrace/stream';

import { MemoryPartition } from './memory-partition.ts';

interface Topic {
  readonly spec: TopicSpec;
  readonly partitions: readonly MemoryPartition[];
}

/** A reason of our own: without one, every wake would make an exception with its stack. */
const NEWS = 'news';
const DEFAULT_MAX_MESSAGE_BYTES = 1_048_588;

/** All topics: what is written to them, and who waits to read it. */
export class MemoryTopics {
  readonly #clock: Clock;
  readonly #topics = new Map<string, Topic>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  names(): readonly string[] {
    return [...this.#topics.keys()];
  }

  spec(topic: string): TopicSpec | undefined {
    return this.#topics.get(topic)?.spec;
  }

  create(spec: TopicSpec): void {
    if (this.#topics.has(spec.topic)) return;
    const partitions = Array.from(
      { length: spec.partitions },
      (_, partition) => new MemoryPartition({ topic: spec.topic, partition }),
    );
    this.#topics.set(spec.topic, { spec, partitions });
  }

  delete(topic: string): void {
    this.#topics.delete(topic);
  }

  partition(at: TopicPartition): MemoryPartition {
    const found = this.#topics.get(at.topic)?.partitions[at.partition];
    if (found) return found;
    throw new AppError('TOPIC_MISSING', `there is no ${partitionKey(at)}`);
  }

  /** @throws AppError `RECORD_REFUSED`, and then nothing is written */
  check(records: readonly OutboundRecord[]): void {
    for (const record of records) {
      this.partition(record);
      const most = Number(
        this.#topics.get(record.topic)?.spec.config['max.message.bytes'] ?? DEFAULT_MAX_MESSAGE_BYTES,
      );
      const bytes = bytesOf(record.value) + bytesOf(record.key);
      if (bytes > most)
        throw new AppError('RECORD_REFUSED', `a record of ${bytes} bytes for ${record.topic}, which takes ${most}`);
    }
  }

  /** @param writer the transactional id; null outside a transaction, which readers see at once */
  append(records: readonly OutboundRecord[], writer: string | null): void {
    const touched = new Set<MemoryPartition>();
    for (const record of records) {
      const partition = this.partition(record);
      const logAppendTime = this.#topics.get(record.topic)?.spec.config['message.timestamp.type'] === 'LogAppendTime';
      const timestamp = logAppendTime ? this.#clock.now() : (record.timestamp ?? this.#clock.now());
      partition.append(record, timestamp, writer);
      touched.add(partition);
    }
    if (writer === null) for (const partition of touched) partition.wake();
  }

  /** @throws AppError `OFFSET_OUT_OF_RANGE` */
  async fetch(positions: readonly FetchPosition[], limits: FetchLimits): Promise<readonly FetchedChunk[]> {
    if (!this.#anyNews(positions)) await this.#news(positions, limits.maxWaitMs);
    let left = limits.maxBytes;
    const chunks: FetchedChunk[] = [];
    for (const at of positions) {
      const partition = this.partition(at);
      if (!partition.hasNews(at.offset)) continue;
      const chunk = partition.read(at.offset, Math.min(left, limits.maxBytesPerPartition));
      chunks.push(chunk);
      left -= chunk.bytes;
      if (left <= 0) break;
    }
    return chunks;
  }

  #anyNews(positions: readonly FetchPosition[]): boolean {
    return positions.some((at) => this.partition(at).hasNews(at.offset));
  }

  /** Until one of the partitions has something, at most `ms`. */
  async #news(positions: readonly FetchPosition[], ms: number): Promise<void> {
    const done = new AbortController();
    const unwatch = positions.map((at) => {
      const partition = this.partition(at);
      return partition.watch(() => {
        if (partition.hasNews(at.offset)) done.abort(NEWS);
      });
    });
    await this.#clock.sleep(ms, done.signal);
    for (const stop of unwatch) stop();
  }
}

function bytesOf(value: Uint8Array | string | null): number {
  return typeof value === 'string' ? Buffer.byteLength(value) : (value?.length ?? 0);
}
