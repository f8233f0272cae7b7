import type { Clock } from '@millrace/core';
import { NO_HEADERS, type InboundRecord, type TopicPartition } from '@millrace/records';

import type {
  FetchedChunk,
  FetchLimits,
  FetchPosition,
  PartitionBounds,
  RecordSource,
} from '../ports/record-source.ts';

export interface ScriptedRecords {
  /** On the wire. */
  readonly recordBytes: number;
  /** How much larger they are in memory. */
  readonly expansion: number;
}

/** A log whose records have sizes and no content, so that a test can have gigabytes of them. */
export class ScriptedSource implements RecordSource {
  /** Of each fetch so far, the partitions asked for. */
  readonly asked: (readonly number[])[] = [];
  underWay = 0;
  readonly #clock: Clock;
  readonly #records: ScriptedRecords;
  readonly #ends: number[];
  #news = new AbortController();

  constructor(clock: Clock, partitions: number, records: ScriptedRecords) {
    this.#clock = clock;
    this.#records = records;
    this.#ends = Array.from({ length: partitions }, () => 0);
  }

  append(partition: number, count: number): void {
    this.#ends[partition] = this.#end(partition) + count;
    this.#news.abort();
    this.#news = new AbortController();
  }

  async fetch(positions: readonly FetchPosition[], limits: FetchLimits): Promise<readonly FetchedChunk[]> {
    this.asked.push(positions.map(({ partition }) => partition));
    this.underWay++;
    const until = this.#clock.elapsed() + limits.maxWaitMs;
    while (!positions.some((at) => at.offset < this.#end(at.partition)) && this.#clock.elapsed() < until)
      await this.#clock.sleep(until - this.#clock.elapsed(), this.#news.signal);
    this.underWay--;
    return this.#read(positions, limits);
  }

  bounds(): Promise<ReadonlyMap<string, PartitionBounds>> {
    return Promise.resolve(new Map());
  }

  offsetsAt(): Promise<ReadonlyMap<string, number>> {
    return Promise.resolve(new Map());
  }

  async close(): Promise<void> {}

  /** As a broker does: the first partition that has something gives one record whatever its size. */
  #read(positions: readonly FetchPosition[], limits: FetchLimits): readonly FetchedChunk[] {
    const { recordBytes, expansion } = this.#records;
    const chunks: FetchedChunk[] = [];
    let left = limits.maxBytes;
    for (const { topic, partition, offset } of positions) {
      const fits = Math.floor(Math.min(left, limits.maxBytesPerPartition) / recordBytes);
      const lastStable = this.#end(partition);
      const count = Math.min(Math.max(fits, chunks.length === 0 ? 1 : 0), lastStable - offset);
      if (count <= 0) continue;
      const records = Array.from({ length: count }, (_, i) => record({ topic, partition }, offset + i));
      const wireBytes = count * recordBytes;
      chunks.push({
        topic,
        partition,
        records,
        next: offset + count,
        lastStable,
        bytes: wireBytes * expansion,
        wireBytes,
      });
      left -= wireBytes;
    }
    return chunks;
  }

  #end(partition: number): number {
    return this.#ends[partition] as number;
  }
}

function record(at: TopicPartition, offset: number): InboundRecord {
  return { ...at, offset, timestamp: 0, key: null, value: null, headers: NO_HEADERS };
}
