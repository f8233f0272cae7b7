import { AppError, type Clock } from '@millrace/core';
import { partitionKey, type OutboundRecord, type TopicPartition } from '@millrace/records';
import type { TopicSpec } from '@millrace/stream';

import { MemoryPartition } from './memory-partition.ts';

interface Topic {
  readonly spec: TopicSpec;
  readonly partitions: readonly MemoryPartition[];
}

const DEFAULT_MAX_MESSAGE_BYTES = 1_048_588;

/** All topics, and who waits for something to be written. */
export class MemoryTopics {
  readonly #clock: Clock;
  readonly #topics = new Map<string, Topic>();
  readonly #waiting = new Set<() => void>();

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

  /** Writes all of them; a transaction also leaves its control record in each partition. */
  append(records: readonly OutboundRecord[], transactional: boolean): void {
    const touched = new Set<MemoryPartition>();
    for (const record of records) {
      const partition = this.partition(record);
      const logAppendTime = this.#topics.get(record.topic)?.spec.config['message.timestamp.type'] === 'LogAppendTime';
      partition.append(record, logAppendTime ? this.#clock.now() : (record.timestamp ?? this.#clock.now()));
      touched.add(partition);
    }
    if (transactional) for (const partition of touched) partition.appendControl();
    this.#wake();
  }

  /** Until something is written, at most `ms`. */
  async written(ms: number): Promise<void> {
    const done = new AbortController();
    const wake = (): void => done.abort();
    this.#waiting.add(wake);
    await this.#clock.sleep(ms, done.signal);
    this.#waiting.delete(wake);
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
  }
}

function bytesOf(value: Uint8Array | string | null): number {
  return typeof value === 'string' ? Buffer.byteLength(value) : (value?.length ?? 0);
}
