import { describe, expect, it } from 'vitest';

import { WireReader } from './wire-reader.ts';
import { WireWriter } from './wire-writer.ts';

describe('the protocol types', () => {
  it('read back as they were written, past the first size of the buffer', () => {
    const text = 'ä'.repeat(200);
    const writer = new WireWriter(1)
      .int8(-1)
      .int16(-2)
      .int32(-3)
      .int64(-(2 ** 40))
      .boolean(true);
    writer
      .string(null)
      .string(text)
      .bytes(null)
      .bytes(Buffer.from([1, 2]));
    writer.array([1, 2], (item) => writer.int32(item));
    writer
      .compactString(null)
      .compactString(text)
      .compactArray(['a'], (item) => writer.compactString(item))
      .unsignedVarint(300)
      .noTags();
    const reader = new WireReader(writer.buffer);
    expect([reader.int8(), reader.int16(), reader.int32(), reader.int64(), reader.boolean()]).toEqual([
      -1,
      -2,
      -3,
      -(2 ** 40),
      true,
    ]);
    expect([reader.string(), reader.string(), reader.bytes(), reader.bytes()]).toEqual([
      null,
      text,
      null,
      Buffer.from([1, 2]),
    ]);
    expect(reader.array(() => reader.int32())).toEqual([1, 2]);
    expect([reader.compactString(), reader.compactString()]).toEqual([null, text]);
    expect([reader.compactArray(() => reader.compactString()), reader.unsignedVarint()]).toEqual([['a'], 300]);
    reader.skipTags();
    expect(() => reader.int8()).toThrow(/ends too early/);
  });

  it('reads a null array as empty, and steps over tagged fields that it does not know', () => {
    const reader = new WireReader(Buffer.from('ffffffff' + '00' + '02' + '0503aabbcc' + '0600' + '07', 'hex'));
    expect([reader.array(() => 0), reader.compactArray(() => 0)]).toEqual([[], []]);
    reader.skipTags();
    expect(reader.int8()).toBe(7);
  });
});
