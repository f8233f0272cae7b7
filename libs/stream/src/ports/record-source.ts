import type { InboundRecord, TopicPartition } from '@millrace/records';

export interface FetchPosition extends TopicPartition {
  /** The next offset wanted. */
  readonly offset: number;
}

/** What a fetch found in one partition. */
export interface FetchedChunk extends TopicPartition {
  /** Committed records from the asked offset on, in order. May be empty while `next` moves (control records). */
  readonly records: readonly InboundRecord[];
  /** The offset to ask for next. */
  readonly next: number;
  readonly lastStable: number;
  /** What the records keep in memory, about: bytes unpacked, and what each record costs besides. */
  readonly bytes: number;
  readonly wireBytes: number;
}

export interface FetchLimits {
  /** How long the log may wait for something to arrive. */
  readonly maxWaitMs: number;
  readonly maxBytes: number;
  readonly maxBytesPerPartition: number;
}

export interface PartitionBounds {
  /** The first offset that is still there. */
  readonly first: number;
  /** The last stable offset: where a reader of committed records ends. */
  readonly lastStable: number;
}

/** Reads committed records by position; knows nothing of groups. Calls on one source may overlap. */
export interface RecordSource {
  /**
   * One chunk per partition that has news (a moved `next`, records, or a moved last stable offset).
   *
   * @throws AppError `OFFSET_OUT_OF_RANGE`, naming the partition, the asked offset and the bounds
   */
  fetch(positions: readonly FetchPosition[], limits: FetchLimits): Promise<readonly FetchedChunk[]>;
  /** By `partitionKey`. */
  bounds(partitions: readonly TopicPartition[]): Promise<ReadonlyMap<string, PartitionBounds>>;
  /** The first offset whose record's timestamp is at or after `timestamp`; the end where there is none. */
  offsetsAt(partitions: readonly TopicPartition[], timestamp: number): Promise<ReadonlyMap<string, number>>;
  close(): Promise<void>;
}
