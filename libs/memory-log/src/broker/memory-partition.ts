import { AppError } from '@millrace/core';
import { partitionKey, type InboundRecord, type OutboundRecord, type TopicPartition } from '@millrace/records';
import type { FetchedChunk } from '@millrace/stream';

const NO_BYTES = Buffer.alloc(0);
/** What is trimmed is let go of when it is so many records, and most of what is held. */
const LEAST_COMPACTED = 64;

/** What an open transaction has written here. */
interface OpenWrites {
  readonly first: number;
  readonly records: InboundRecord[];
}

/**
 * One partition. Records of an open transaction have their offsets and lie behind the last stable offset; those of an
 * aborted one are taken out. Every end of a transaction takes an offset: its control record.
 */
export class MemoryPartition {
  readonly #at: TopicPartition;
  readonly #open = new Map<string, OpenWrites>();
  readonly #waiting = new Set<() => void>();
  #records: InboundRecord[] = [];
  /** Index of the first record that is not trimmed. */
  #start = 0;
  #first = 0;
  #end = 0;

  constructor(at: TopicPartition) {
    this.#at = at;
  }

  get first(): number {
    return this.#first;
  }

  /** Where a reader of committed records ends: before the first record of a transaction that is still open. */
  get lastStable(): number {
    let least = this.#end;
    for (const { first } of this.#open.values()) least = Math.min(least, first);
    return least;
  }

  /** @param writer the transactional id; null outside a transaction */
  append({ key, value, headers }: OutboundRecord, timestamp: number, writer: string | null): void {
    const record: InboundRecord = {
      ...this.#at,
      offset: this.#end++,
      timestamp,
      key: toBuffer(key),
      value: toBuffer(value),
      headers: headers ?? [],
      trace: undefined,
    };
    this.#records.push(record);
    if (writer === null) return;
    const open = this.#open.get(writer);
    if (open) open.records.push(record);
    else this.#open.set(writer, { first: record.offset, records: [record] });
  }

  /** Writes the control record of a transaction. */
  end(writer: string, committed: boolean): void {
    const records = this.#open.get(writer)?.records ?? [];
    this.#open.delete(writer);
    this.#end++;
    if (!committed && records.length > 0) {
      const aborted = new Set(records);
      this.#records = this.#records.slice(this.#start).filter((record) => !aborted.has(record));
      this.#start = 0;
    }
    this.wake();
  }

  /** Forgets what lies before `offset`. */
  trim(offset: number): void {
    if (offset <= this.#first) return;
    this.#first = Math.min(offset, this.lastStable);
    this.#start = this.#indexOf(this.#first);
    if (this.#start < LEAST_COMPACTED || this.#start * 2 < this.#records.length) return;
    this.#records = this.#records.slice(this.#start);
    this.#start = 0;
  }

  /** Whether a reader that asks for this offset gets an answer other than "nothing". */
  hasNews(offset: number): boolean {
    return offset < this.lastStable || offset > this.#end || offset < this.#first;
  }

  read(offset: number, maxBytes: number): FetchedChunk {
    this.#assertInRange(offset);
    const { lastStable } = this;
    const start = this.#indexOf(offset);
    let bytes = 0;
    let stop = start;
    for (; stop < this.#records.length; stop++) {
      const record = this.#records[stop] as InboundRecord;
      if (record.offset >= lastStable || (bytes > 0 && bytes >= maxBytes)) break;
      bytes += sizeOf(record);
    }
    const next = Math.max(offset, Math.min(this.#records[stop]?.offset ?? lastStable, lastStable));
    const records = this.#records.slice(start, stop).map((record) => ({ ...record }));
    return { ...this.#at, records, next, lastStable, bytes, wireBytes: bytes };
  }

  offsetAt(timestamp: number): number {
    const { lastStable } = this;
    const found = this.#records.find((record, i) => i >= this.#start && record.timestamp >= timestamp);
    return Math.min(found?.offset ?? lastStable, lastStable);
  }

  /** Calls `wake` at every change of what readers see. @returns how to stop it */
  watch(wake: () => void): () => void {
    this.#waiting.add(wake);
    return () => this.#waiting.delete(wake);
  }

  wake(): void {
    for (const wake of this.#waiting) wake();
  }

  #assertInRange(offset: number): void {
    if (offset >= this.#first && offset <= this.#end) return;
    throw new AppError(
      'OFFSET_OUT_OF_RANGE',
      `${partitionKey(this.#at)} holds offsets ${this.#first} to ${this.#end}, asked for ${offset}`,
    );
  }

  /** Index of the first record at or behind an offset. */
  #indexOf(offset: number): number {
    let low = this.#start;
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
