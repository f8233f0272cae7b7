import type { Headers, OutboundRecord } from '@millrace/records';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { crc32c } from './crc32c.ts';
import { readRecordBatches } from './record-batch-reader.ts';
import { RecordBatchWriter } from './record-batch-writer.ts';

const AT = { topic: 't', partition: 3 };
const PRODUCER = { producerId: 2 ** 40 + 7, producerEpoch: 5, firstSequence: 11, transactional: false };
const NOW = 1_700_000_000_000;

interface Given {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Headers;
  readonly timestamp: number;
}

function batchOf(records: readonly Given[], producer = PRODUCER): Buffer {
  const writer = new RecordBatchWriter();
  for (const record of records) writer.append({ ...AT, ...record } satisfies OutboundRecord, record.timestamp);
  return Buffer.from(writer.finish(producer));
}

const plain = (value: string): Given => ({ key: null, value: Buffer.from(value), headers: [], timestamp: NOW });

/** Where the batch lies in the log: the broker writes it there. */
function placed(batch: Buffer, offset: number): Buffer {
  batch.writeBigInt64BE(BigInt(offset), 0);
  return batch;
}

const bytes = fc.uint8Array({ maxLength: 300 }).map((some) => Buffer.from(some));
const record = fc.record({
  key: fc.option(bytes),
  value: fc.option(bytes),
  headers: fc.array(fc.tuple(fc.string({ unit: 'grapheme' }), fc.option(bytes)), { maxLength: 4 }),
  timestamp: fc.integer({ min: 0, max: 4_000_000_000_000 }),
});

describe('a record batch', () => {
  it('reads back as it was written: nulls, repeated header names in order, any timestamps', () => {
    fc.assert(
      fc.property(fc.array(record, { minLength: 1, maxLength: 20 }), (given) => {
        const { records, next } = readRecordBatches(placed(batchOf(given), 100), AT, 100, []);
        const found = records.map((one) => ({ ...one, key: one.key, value: one.value }));
        expect(found).toEqual(given.map((one, i) => ({ ...AT, offset: 100 + i, ...one })));
        expect(next).toBe(100 + given.length);
      }),
    );
  });

  it('has records that have a place for their trace from the start, so that sampled ones have the shape of all', () => {
    const [found] = readRecordBatches(placed(batchOf([plain('v')]), 0), AT, 0, []).records;
    const before = Object.keys(found ?? {});
    if (found) found.trace = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' };
    expect(Object.keys(found ?? {})).toEqual(before);
  });

  it('takes text as its UTF-8 bytes', () => {
    const writer = new RecordBatchWriter();
    writer.append({ ...AT, key: 'é', value: '€😀' }, NOW);
    const [found] = readRecordBatches(Buffer.from(writer.finish(PRODUCER)), AT, 0, []).records;
    expect([String(found?.key), String(found?.value)]).toEqual(['é', '€😀']);
  });

  it('begins to be read at the offset asked for, though the log only has whole batches', () => {
    const batch = placed(batchOf(['a', 'b', 'c'].map(plain)), 40);
    const { records, next } = readRecordBatches(batch, AT, 41, []);
    expect(records.map(({ offset, value }) => [offset, String(value)])).toEqual([
      [41, 'b'],
      [42, 'c'],
    ]);
    expect(next).toBe(43);
  });

  it('is left for the next fetch when its end is cut off', () => {
    const whole = placed(batchOf([plain('a')]), 7);
    const cut = placed(batchOf([plain('b')]), 8);
    const { records, next } = readRecordBatches(Buffer.concat([whole, cut.subarray(0, cut.length - 1)]), AT, 7, []);
    expect([records.length, next]).toEqual([1, 8]);
  });

  it('is refused when a single bit of it has changed', () => {
    const batch = batchOf([plain('a')]);
    for (const at of [25, 60, batch.length - 1]) {
      const damaged = Buffer.from(batch);
      damaged[at] = (damaged[at] as number) ^ 1;
      expect(() => readRecordBatches(damaged, AT, 0, [])).toThrow(/t\/3 offset 0 arrived damaged/);
    }
  });

  it('is refused in words where it is of an older format', () => {
    const old = Buffer.from(batchOf([plain('a')]));
    old[16] = 1;
    expect(() => readRecordBatches(old, AT, 0, [])).toThrow(/t\/3 has messages of format 1 at offset 0/);
  });

  it('is stepped over when compaction has left nothing in it', () => {
    const batch = Buffer.from(batchOf(['a', 'b', 'c'].map(plain)).subarray(0, 61));
    batch.writeInt32BE(61 - 12, 8);
    batch.writeInt32BE(0, 57);
    const emptied = withChecksum(placed(batch, 20));
    expect(readRecordBatches(emptied, AT, 20, [])).toEqual({ records: [], next: 23, bytes: 0 });
  });

  it('takes its timestamp from the log where the topic says so', () => {
    const batch = batchOf([plain('a'), { ...plain('b'), timestamp: NOW + 5 }]);
    batch.writeInt16BE(8, 21);
    const { records } = readRecordBatches(withChecksum(batch), AT, 0, []);
    expect(records.map(({ timestamp }) => timestamp)).toEqual([NOW + 5, NOW + 5]);
  });
});

function withChecksum(batch: Buffer): Buffer {
  batch.writeUInt32BE(crc32c(batch, 21, batch.length), 17);
  return batch;
}
