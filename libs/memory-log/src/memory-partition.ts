import { AppError } from '@millrace/core';
import { partitionKey, type InboundRecord, type OutboundRecord, type TopicPartition } from '@millrace/records';
import type { FetchedChunk } from '@millrace/stream';

const NO_BYTES = Buffer.alloc(0);

/** One partition: committed records by offset, with gaps where a real log holds the transactions' control records. */
export class MemoryPartition {
  readonly #at: TopicPartition;
  #records: InboundRecord[] = [];
  #first = 0;
  #end = 0;

  constructor(at: TopicPartition) {
    this.#at = at;
  }

  get first(): number {
    return this.#first;
  }

  get end(): number {
    return this.#end;
  }

  append(record: OutboundRecord, timestamp: number): void {
    this.#records.push({
      ...this.#at,
      offset: this.#end++,
      timestamp,
      key: toBuffer(record.key),
      value: toBuffer(record.value),
      headers: record.headers ?? [],
    });
  }

  /** The offset that a commit marker takes. */
  appendControl(): void {
    this.#end++;
  }

  /** Forgets what lies before `offset`. */
  trim(offset: number): void {
    if (offset <= this.#first) return;
    this.#first = Math.min(offset, this.#end);
    this.#records = this.#records.slice(this.#indexOf(this.#first));
  }

  read(offset: number, maxBytes: number): FetchedChunk {
    if (offset < this.#first || offset > this.#end) {
      throw new AppError(
        'OFFSET_OUT_OF_RANGE',
        `${partitionKey(this.#at)} holds offsets ${this.#first} to ${this.#end}, asked for ${offset}`,
      );
    }
    const start = this.#indexOf(offset);
    let bytes = 0;
    let stop = start;
    while (stop < this.#records.length && (bytes === 0 || bytes < maxBytes))
      bytes += sizeOf(this.#records[stop++] as InboundRecord);
    const next = this.#records[stop]?.offset ?? this.#end;
    const records = this.#records.slice(start, stop).map((record) => ({ ...record }));
    return { ...this.#at, records, next, lastStable: this.#end, bytes };
  }

  offsetAt(timestamp: number): number {
    return this.#records.find((record) => record.timestamp >= timestamp)?.offset ?? this.#end;
  }

  /** Index of the first record at or behind an offset. */
  #indexOf(offset: number): number {
    let low = 0;
    let high = this.#records.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#records[middle] as InboundRecord).offset < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function toBuffer(value: Uint8Array | string | null): Buffer | null {
  if (value === null) return null;
  return typeof value === 'string' ? Buffer.from(value, 'utf8') : Buffer.from(value);
}

function sizeOf(record: InboundRecord): number {
  return 40 + (record.key ?? NO_BYTES).length + (record.value ?? NO_BYTES).length;
}
