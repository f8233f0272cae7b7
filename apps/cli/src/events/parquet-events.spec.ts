import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gzipSync, zstdCompressSync } from 'node:zlib';

import { parsePipeline, type Plan } from '@millrace/pipeline';
import type { CompressionCodec, SchemaElement } from 'hyparquet';
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { EventLine } from './event-line.ts';
import { readEvents } from './read-events.ts';

const PIPELINE = `
apiVersion: millrace/v1
name: rides
events: { asked: { schema: asked.json } }
predict: { on: asked, key: rider, model: fare }
features: [{ name: one, value: "1.0" }]
`;
const SCHEMA = {
  type: 'object',
  properties: {
    rider: { type: ['string', 'null'] },
    zip: { type: 'string' },
    far: { type: 'number' },
    count: { type: 'integer' },
    at: { type: 'string', format: 'date-time' },
    due: { type: 'integer' },
    note: {},
  },
};

let folder: string;
let plan: Plan;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parquet-events-'));
  plan = await parsePipeline(PIPELINE, { file: 'rides.yaml', folder, read: async () => JSON.stringify(SCHEMA) });
});
afterAll(() => rm(folder, { recursive: true }));

type Element = Omit<SchemaElement, 'name'>;
interface TestColumn {
  readonly element: SchemaElement;
  readonly data: readonly unknown[];
}

const TEXT: Element = { type: 'BYTE_ARRAY', converted_type: 'UTF8' };
const INT64: Element = { type: 'INT64' };
const MILLIS: Element = { type: 'INT64', converted_type: 'TIMESTAMP_MILLIS' };
const MICROS: Element = { type: 'INT64', logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MICROS' } };
const DECIMAL: Element = { type: 'INT64', converted_type: 'DECIMAL', precision: 9, scale: 1 };

const column = (name: string, element: Element, data: readonly unknown[]): TestColumn => ({
  element: { ...element, name, repetition_type: 'OPTIONAL' },
  data,
});
const types = (rows: number): TestColumn => column('type', TEXT, Array(rows).fill('asked'));

const COMPRESSORS = {
  GZIP: (bytes: Uint8Array) => new Uint8Array(gzipSync(bytes)),
  BROTLI: (bytes: Uint8Array) => new Uint8Array(brotliCompressSync(bytes)),
  ZSTD: (bytes: Uint8Array) => new Uint8Array(zstdCompressSync(bytes)),
};

interface FileOptions {
  readonly codec?: CompressionCodec;
  readonly rowGroupSize?: number;
}

async function written(name: string, columns: readonly TestColumn[], options: FileOptions = {}): Promise<string> {
  const { codec = 'SNAPPY', rowGroupSize = 100 } = options;
  const schema: SchemaElement[] = [
    { name: 'schema', num_children: columns.length },
    ...columns.map(({ element }) => element),
  ];
  const bytes = new ByteWriter();
  const writer = new ParquetWriter({ writer: bytes, schema, codec, compressors: COMPRESSORS });
  await writer.write({
    columnData: columns.map(({ element: { name }, data }) => ({ name, data: [...data] })),
    rowGroupSize,
  });
  await writer.finish();
  const file = join(folder, name);
  await writeFile(file, bytes.getBytes());
  return file;
}

async function all(file: string, known: Plan | undefined = plan): Promise<readonly EventLine[]> {
  const events: EventLine[] = [];
  for await (const event of readEvents(file, known)) events.push(event);
  return events;
}

const payloads = async (...columns: readonly TestColumn[]): Promise<readonly unknown[]> => {
  const file = await written('payloads.parquet', [types(columns[0]?.data.length ?? 0), ...columns]);
  return (await all(file)).map(({ payload }) => payload);
};

describe('a .parquet file', () => {
  it('holds an event a row, in as many row groups as there are, numbered through', async () => {
    const file = await written('groups.parquet', [types(7), column('far', { type: 'DOUBLE' }, [0, 1, 2, 3, 4, 5, 6])], {
      rowGroupSize: 3,
    });
    expect(await all(file)).toEqual(
      [0, 1, 2, 3, 4, 5, 6].map((far) => ({ type: 'asked', payload: { far }, line: far + 1 })),
    );
  });

  it.each(['UNCOMPRESSED', 'SNAPPY', 'GZIP', 'BROTLI', 'ZSTD'] as const)('is read under %s', async (codec) => {
    const ids = Array.from({ length: 500 }, (_, i) => `ride ${i % 50}`);
    const file = await written(`${codec}.parquet`, [types(500), column('rider', TEXT, ids)], { codec });
    expect((await all(file)).map(({ payload }) => payload['rider'])).toEqual(ids);
  });

  it('has null where the schema allows it, else nothing; a NaN is null', async () => {
    expect(
      await payloads(
        column('rider', TEXT, [null, 'ann']),
        column('zip', TEXT, [null, '']),
        column('far', { type: 'DOUBLE' }, [Number.NaN, 1.5]),
        column('note', { type: 'FLOAT' }, [null, 0.5]),
        column('unknown', INT64, [null, 7n]),
      ),
    ).toEqual([
      { rider: null, note: null },
      { rider: 'ann', zip: '', far: 1.5, note: 0.5, unknown: 7 },
    ]);
  });

  it('gives an instant as RFC 3339, or as epoch milliseconds where the schema wants a number', async () => {
    const at = 1_384_271_940_123n;
    expect(
      await payloads(
        column('at', MICROS, [at * 1000n + 456n]),
        column('due', MILLIS, [at]),
        column('note', MILLIS, [at]),
        column('unknown', { type: 'INT32', converted_type: 'DATE' }, [16_021]),
      ),
    ).toEqual([
      {
        at: '2013-11-12T15:59:00.123Z',
        due: 1_384_271_940_123,
        note: '2013-11-12T15:59:00.123Z',
        unknown: '2013-11-12',
      },
    ]);
  });

  it('gives an integer as a number, or as a text where the schema wants one', async () => {
    expect(
      await payloads(
        column('count', INT64, [BigInt(Number.MAX_SAFE_INTEGER), -3n]),
        column('zip', INT64, [10115n, 2n ** 62n]),
        column('rider', { type: 'INT32' }, [7, -7]),
      ),
    ).toEqual([
      { count: Number.MAX_SAFE_INTEGER, zip: '10115', rider: '7' },
      { count: -3, zip: String(2n ** 62n), rider: '-7' },
    ]);
  });

  it('gives a decimal as the number nearest to it, without the errors of a multiplication', async () => {
    const exact = { ...DECIMAL, scale: 1 };
    expect(await payloads(column('far', exact, [0.3, -0.7, 12345.6, null]))).toEqual([
      { far: 0.3 },
      { far: -0.7 },
      { far: 12345.6 },
      {},
    ]);
    const bytes: Element = {
      type: 'FIXED_LEN_BYTE_ARRAY',
      type_length: 5,
      converted_type: 'DECIMAL',
      precision: 9,
      scale: 2,
    };
    expect(await payloads(column('far', bytes, [-1.29, 1.1]))).toEqual([{ far: -1.29 }, { far: 1.1 }]);
  });

  it('gives bytes as their text', async () => {
    const bytes = column('note', { type: 'BYTE_ARRAY' }, [new TextEncoder().encode('é')]);
    expect(await payloads(bytes)).toEqual([{ note: 'é' }]);
  });

  it('of another writer is read, with lists, structs and maps', async () => {
    // written by pyarrow 26: zstd, row groups of two rows
    const file = fileURLToPath(new URL('types.fixture.parquet', import.meta.url));
    expect((await all(file)).map(({ payload }) => payload)).toEqual([
      {
        list: [1, null, 3],
        struct: { a: 1, at: '2020-01-01T00:00:00Z' },
        map: { k: 1 },
        decimal: 0.3,
        nanos: '2020-01-01T01:02:03.456Z',
        date: '2020-02-29',
        bytes: 'abc',
        half: 1.5,
        u64: 5,
        u32: 4_000_000_000,
        bool: true,
      },
      {
        list: [],
        struct: { a: null, at: null },
        map: {},
        decimal: -123.4,
        nanos: '1969-12-31T23:59:59Z',
        date: '1969-12-31',
        bytes: 'é',
        u64: 6,
        u32: 1,
        bool: false,
      },
      {},
    ]);
  });

  it.each([
    [
      'an integer beyond 2^53',
      column('count', INT64, [1n, 2n ** 53n]),
      'row 2: the column count holds 9007199254740992, more',
    ],
    ['an infinite number', column('far', { type: 'DOUBLE' }, [1, Infinity]), 'row 2: the column far holds Infinity'],
    [
      'bytes that are no text',
      column('note', { type: 'BYTE_ARRAY' }, [new Uint8Array([97]), new Uint8Array([255])]),
      'row 2: the column note holds bytes that are not UTF-8',
    ],
  ])('with %s names row and column', async (_, bad, message) => {
    await expect(payloads(bad)).rejects.toThrow(`payloads.parquet: ${message}`);
  });

  it('gives what stands before a bad row, and then its error', async () => {
    const events = readEvents(await written('late.parquet', [column('type', TEXT, ['asked', null])]), plan);
    expect((await events.next()).value).toMatchObject({ type: 'asked', line: 1 });
    await expect(events.next()).rejects.toThrow('late.parquet: row 2: found no type');
  });

  it('without a type says so', async () => {
    const none = await written('none.parquet', [column('far', INT64, [1n]), column('zip', TEXT, ['a'])]);
    await expect(all(none)).rejects.toThrow('none.parquet: found the columns far, zip; events need a column "type"');
    const empty = await written('empty.parquet', [column('type', TEXT, ['asked', null])]);
    await expect(all(empty)).rejects.toThrow('row 2: found no type');
  });

  it('without a plan keeps the types that it has', async () => {
    const file = await written('plain.parquet', [types(1), column('zip', INT64, [7n]), column('at', MILLIS, [0n])]);
    const events: EventLine[] = [];
    for await (const event of readEvents(file)) events.push(event);
    expect(events).toEqual([{ type: 'asked', payload: { zip: 7, at: '1970-01-01T00:00:00Z' }, line: 1 }]);
  });

  it('that is none, or cut short, or damaged, is refused in words', async () => {
    const file = await written('whole.parquet', [types(2), column('rider', TEXT, ['ann', 'a longer text'])]);
    const whole = await readFile(file);
    const damaged = Buffer.from(whole).fill(0xff, 4, 60);
    for (const [bytes, message] of [
      [Buffer.alloc(0), /no whole Parquet file \(it has 0 bytes\)/],
      [Buffer.from('type,far\nasked,1\n'), /no whole Parquet file \(it does not begin with PAR1\)/],
      [whole.subarray(0, whole.length - 20), /no whole Parquet file/],
      [whole.subarray(whole.length - 200), /no whole Parquet file \(it does not begin/],
      [damaged, /rows 1 to 2 cannot be read/],
    ] as const) {
      const bad = join(folder, 'bad.parquet');
      await writeFile(bad, bytes);
      await expect(all(bad)).rejects.toMatchObject({ code: 'INPUT_INVALID', detail: expect.stringMatching(message) });
    }
    await expect(all(join(folder, 'nosuch.parquet'))).rejects.toThrow('there is no such file');
  });
});
