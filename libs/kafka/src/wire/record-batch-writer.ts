import { NO_HEADERS, type Headers, type OutboundRecord } from '@millrace/records';

import { BufferPool } from './buffer-pool.ts';
import { crc32c } from './crc32c.ts';
import { ATTRIBUTES, BATCH, LENGTH_FROM } from './record-batch-format.ts';

/** Who writes a batch: what makes it idempotent, or part of a transaction. */
export interface BatchProducer {
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly firstSequence: number;
  readonly transactional: boolean;
}

type Bytes = Uint8Array | string | null;

const NONE = Buffer.alloc(0);
const NO_POOL = new BufferPool(0);
const START_BYTES = 4096;
const LONGEST_VARINT = 10;

/**
 * Writes one record batch, uncompressed, straight into one buffer. Several times cheaper than an encoder per record:
 * this is most of the CPU of producing.
 */
export class RecordBatchWriter {
  readonly #pool: BufferPool;
  #buffer: Buffer;
  #at: number = BATCH.records;
  #count = 0;
  #firstTimestamp = 0;
  #maxTimestamp = 0;

  constructor(pool: BufferPool = NO_POOL) {
    this.#pool = pool;
    this.#buffer = pool.take(START_BYTES);
  }

  get count(): number {
    return this.#count;
  }

  /** Size so far. */
  get bytes(): number {
    return this.#at;
  }

  /** @returns false, and writes nothing, where the batch would grow larger than `mostBytes` and is not empty */
  append({ key, value, headers }: OutboundRecord, timestamp: number, mostBytes = Infinity): boolean {
    const [keyBytes, valueBytes] = [lengthOf(key), lengthOf(value)];
    const firstTimestamp = this.#count === 0 ? timestamp : this.#firstTimestamp;
    const timestampDelta = timestamp - firstTimestamp;
    const body =
      1 +
      sizeOfVarint(timestampDelta) +
      sizeOfVarint(this.#count) +
      sized(keyBytes) +
      sized(valueBytes) +
      sizeOfHeaders(headers);
    if (this.#count > 0 && this.#at + body + LONGEST_VARINT > mostBytes) return false;
    this.#ensure(body + LONGEST_VARINT);
    this.#firstTimestamp = firstTimestamp;
    this.#maxTimestamp = Math.max(this.#maxTimestamp, timestamp);
    this.#varint(body);
    this.#buffer[this.#at++] = 0;
    this.#varint(timestampDelta);
    this.#varint(this.#count++);
    this.#bytes(key, keyBytes);
    this.#bytes(value, valueBytes);
    this.#headers(headers);
    return true;
  }

  /** The memory goes to the next batch: nobody reads any more what `finish` gave. */
  release(): void {
    this.#pool.give(this.#buffer);
    this.#buffer = NONE;
  }

  /** The finished batch. May be called again with another producer or sequence, until the next `append`. */
  finish({ producerId, producerEpoch, firstSequence, transactional }: BatchProducer): Buffer {
    const batch = this.#buffer.subarray(0, this.#at);
    batch.writeBigInt64BE(0n, BATCH.baseOffset);
    batch.writeInt32BE(this.#at - LENGTH_FROM, BATCH.length);
    batch.writeInt32BE(-1, BATCH.leaderEpoch);
    batch[BATCH.magic] = 2;
    batch.writeInt16BE(transactional ? ATTRIBUTES.transactional : 0, BATCH.attributes);
    batch.writeInt32BE(this.#count - 1, BATCH.lastOffsetDelta);
    batch.writeBigInt64BE(BigInt(this.#firstTimestamp), BATCH.firstTimestamp);
    batch.writeBigInt64BE(BigInt(this.#maxTimestamp), BATCH.maxTimestamp);
    batch.writeBigInt64BE(BigInt(producerId), BATCH.producerId);
    batch.writeInt16BE(producerEpoch, BATCH.producerEpoch);
    batch.writeInt32BE(firstSequence, BATCH.firstSequence);
    batch.writeInt32BE(this.#count, BATCH.count);
    batch.writeUInt32BE(crc32c(batch, BATCH.attributes, this.#at), BATCH.crc);
    return batch;
  }

  #headers(headers: Headers = NO_HEADERS): void {
    this.#varint(headers.length);
    for (const [name, content] of headers) {
      this.#bytes(name, lengthOf(name));
      this.#bytes(content, lengthOf(content));
    }
  }

  #bytes(content: Bytes, length: number): void {
    this.#varint(length);
    if (length <= 0) return;
    if (typeof content === 'string') this.#buffer.write(content, this.#at, length, 'utf8');
    else this.#buffer.set(content as Uint8Array, this.#at);
    this.#at += length;
  }

  #varint(value: number): void {
    if (value >= 0 && value < 64) {
      this.#buffer[this.#at++] = value * 2;
      return;
    }
    let rest = zigzag(value);
    while (rest >= 128) {
      this.#buffer[this.#at++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    this.#buffer[this.#at++] = rest;
  }

  #ensure(bytes: number): void {
    if (this.#at + bytes <= this.#buffer.length) return;
    const grown = this.#pool.take(Math.max(this.#buffer.length * 2, this.#at + bytes));
    this.#buffer.copy(grown, 0, 0, this.#at);
    this.#pool.give(this.#buffer);
    this.#buffer = grown;
  }
}

/** Without bit operations: a timestamp's difference may need more than 32 bits. */
function zigzag(value: number): number {
  return value >= 0 ? value * 2 : -value * 2 - 1;
}

function sizeOfVarint(value: number): number {
  if (value >= -64 && value < 64) return 1;
  let bytes = 1;
  for (let rest = zigzag(value); rest >= 128; rest = Math.floor(rest / 128)) bytes++;
  return bytes;
}

function lengthOf(content: Bytes): number {
  if (content === null) return -1;
  return typeof content === 'string' ? Buffer.byteLength(content) : content.length;
}

function sizeOfHeaders(headers: Headers = NO_HEADERS): number {
  let bytes = sizeOfVarint(headers.length);
  for (const [name, content] of headers) bytes += sized(lengthOf(name)) + sized(lengthOf(content));
  return bytes;
}

/** Of bytes and the varint that says how many they are. */
function sized(length: number): number {
  return sizeOfVarint(length) + Math.max(0, length);
}
