import type { InboundRecord, TopicPartition } from '@millrace/records';

import type { FetchedChunk } from '../ports/record-source.ts';
import type { InputPartition } from '../stage.ts';
import type { LaneCommit } from './lane-commit.ts';
import type { PartitionLag } from './runner-options.ts';
import { Trial } from './trial.ts';

/** An input partition of this instance: what has been fetched of it, and how far it has been handed over. */
export class InputLane implements InputPartition {
  readonly topic: string;
  readonly partition: number;
  /** Offset of the next record to hand over. */
  position: number;
  /** The next offset to fetch: behind everything queued. */
  fetchFrom: number;
  lastStable: number;
  /** The latest commit; null before the first. */
  committed: LaneCommit | null = null;
  /** How many partitions the topic has. */
  partitions = 0;
  trial = new Trial(null);
  /** Where it goes on when nothing has been committed yet. */
  readonly start: number;
  idleSinceMs: number | null = null;
  queuedBytes = 0;
  #queued: InboundRecord[] = [];
  /** Timestamp of the first record that was handed over and is not committed. */
  #inWorkMs: number | null = null;

  constructor({ topic, partition }: TopicPartition, position: number, lastStable: number) {
    this.topic = topic;
    this.partition = partition;
    this.start = position;
    this.position = position;
    this.fetchFrom = position;
    this.lastStable = lastStable;
  }

  get queued(): readonly InboundRecord[] {
    return this.#queued;
  }

  /** Where the next transaction begins: behind the latest commit. */
  get begin(): number {
    return this.committed?.offset ?? this.start;
  }

  get lag(): PartitionLag {
    const { topic, partition } = this;
    const oldestMs = this.#inWorkMs ?? this.#queued[0]?.timestamp ?? null;
    return { topic, partition, records: Math.max(0, this.lastStable - this.position), oldestMs };
  }

  /** A transaction committed. */
  acknowledge(commit: LaneCommit): void {
    if (commit.offset > this.begin) this.#inWorkMs = null;
    if (commit.offset > this.begin) this.trial.passed(commit.offset);
    this.committed = commit;
  }

  push(chunk: FetchedChunk): void {
    this.lastStable = chunk.lastStable;
    if (chunk.records.length > 0) {
      this.#queued = this.#queued.length === 0 ? [...chunk.records] : this.#queued.concat(chunk.records);
      this.queuedBytes += chunk.bytes;
    }
    this.fetchFrom = chunk.next;
    if (this.#queued.length === 0) this.position = this.fetchFrom;
  }

  /** Hands over the first `count` queued records. */
  shift(count: number): void {
    const share = count / this.#queued.length;
    if (count > 0) this.#inWorkMs ??= this.#queued[0]?.timestamp ?? null;
    this.#queued = this.#queued.slice(count);
    this.queuedBytes = this.#queued.length === 0 ? 0 : Math.round(this.queuedBytes * (1 - share));
    this.position = this.#queued[0]?.offset ?? this.fetchFrom;
    if (count > 0) this.idleSinceMs = null;
  }

  /** Forgets what was fetched and goes on behind the latest commit. */
  rewind(): void {
    const offset = this.begin;
    this.#queued = [];
    this.queuedBytes = 0;
    this.#inWorkMs = null;
    this.position = offset;
    this.fetchFrom = offset;
    this.idleSinceMs = null;
  }

  /** Leaves out what the log no longer has. */
  jump(offset: number): void {
    this.fetchFrom = offset;
    if (this.#queued.length === 0) this.position = offset;
  }

  /** A fetch has just ended: notes since when there has been nothing to read. */
  noteIdle(nowMs: number): void {
    const idle = this.#queued.length === 0 && this.fetchFrom >= this.lastStable;
    if (!idle) this.idleSinceMs = null;
    else this.idleSinceMs ??= nowMs;
  }

  /** A fetch has failed: nobody knows whether there is anything to read. */
  noteUnread(): void {
    this.idleSinceMs = null;
  }
}
