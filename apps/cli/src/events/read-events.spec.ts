import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { parsePipeline, type Plan } from '@millrace/pipeline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { EventLine } from './event-line.ts';
import { readEventBatches, readEvents } from './read-events.ts';

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
    fast: { type: 'boolean' },
    stops: { type: 'array' },
    note: {},
  },
};

let folder: string;
let plan: Plan;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'read-events-'));
  plan = await parsePipeline(PIPELINE, { file: 'rides.yaml', folder, read: async () => JSON.stringify(SCHEMA) });
});
afterAll(() => rm(folder, { recursive: true }));

async function read(name: string, content: string | Buffer): Promise<readonly EventLine[]> {
  const file = join(folder, name);
  await writeFile(file, content);
  return all(file);
}

async function all(file: string): Promise<readonly EventLine[]> {
  const events: EventLine[] = [];
  for await (const event of readEvents(file, plan)) events.push(event);
  return events;
}

describe('a .jsonl file', () => {
  it('holds an event a line, empty lines and Windows ends allowed', async () => {
    expect(await read('a.jsonl', '{"type":"asked","far":1}\r\n\n{"type":"é"}')).toEqual([
      { type: 'asked', payload: { far: 1 }, line: 1, raw: '{"type":"asked","far":1}' },
      { type: 'é', payload: {}, line: 3, raw: '{"type":"é"}' },
    ]);
  });

  it('is unzipped where its name ends so, letters across pieces too', async () => {
    const many = Array.from({ length: 40_000 }, (_, i) =>
      JSON.stringify({ type: 'asked', zip: 'é'.repeat(i % 7), i }),
    ).join('\n');
    const events = await read('a.jsonl.gz', gzipSync(many));
    expect(events).toHaveLength(40_000);
    expect(events.at(-1)).toMatchObject({ line: 40_000, payload: { i: 39_999, zip: 'é'.repeat(39_999 % 7) } });
  });

  it.each([
    ['{"type":"asked"}\n{"type":', 'bad.jsonl: line 2: found what is not JSON'],
    ['[1]', 'line 1: found JSON that is no object'],
    ['{"far":1}', 'line 1: found no "type"'],
    [Buffer.from([0x7b, 0xff]), 'line 1: found bytes that are not UTF-8'],
  ])('with %s names the line', async (content, message) => {
    await expect(read('bad.jsonl', content)).rejects.toThrow(message);
  });

  it('gives what stands before a bad line, and then its error', async () => {
    const file = join(folder, 'late.jsonl');
    await writeFile(file, '{"type":"asked"}\n{"type":"told"}\n{"type":\n');
    const events = readEvents(file, plan);
    expect((await events.next()).value).toMatchObject({ type: 'asked', line: 1 });
    expect((await events.next()).value).toMatchObject({ type: 'told', line: 2 });
    await expect(events.next()).rejects.toThrow('late.jsonl: line 3: found what is not JSON');
  });
});

describe('a .csv file', () => {
  it("types its columns by the event's schema; empty is null where that is allowed, else absent", async () => {
    const rows =
      'type,rider,zip,far,fast,stops,note,unknown\nasked,,0123,1.50,true,"[1,2]",,\nasked,ann,,far,no,x,y,z\n';
    expect((await read('a.csv', `\uFEFF${rows}`)).map(({ payload }) => payload)).toEqual([
      { rider: null, zip: '0123', far: 1.5, fast: true, stops: [1, 2], note: null },
      { rider: 'ann', far: 'far', fast: 'no', stops: 'x', note: 'y', unknown: 'z' },
    ]);
  });

  it('of another type than the pipeline has keeps its texts', async () => {
    expect(await read('b.csv', 'type,far\nother,1\n')).toEqual([{ type: 'other', payload: { far: '1' }, line: 2 }]);
  });

  it.each([
    ['far\n1\n', 'line 2: found no type'],
    ['type,far\nasked,1\nasked,1,2\n', 'line 3'],
  ])('%j names the line', async (content, message) => {
    await expect(read('bad.csv', content)).rejects.toThrow(message);
  });
});

describe('a file', () => {
  it('that is not there, of another kind, or not zipped as its name says is refused in words', async () => {
    const named = (file: string) => all(join(folder, file));
    await expect(named('none.jsonl')).rejects.toThrow('none.jsonl: there is no such file');
    await expect(named('a.txt')).rejects.toThrow('allowed are .jsonl and .csv');
    await expect(named('none.parquet')).rejects.toThrow('none.parquet: there is no such file');
    await expect(named('a.parquet.gz')).rejects.toThrow('a.parquet.gz: a Parquet file is compressed inside');
    await expect(read('plain.jsonl.gz', '{"type":"asked"}')).rejects.toThrow('it is not gzipped, as its name says');
    const zipped = gzipSync('{"type":"asked"}\n'.repeat(1000));
    await expect(read('cut.jsonl.gz', zipped.subarray(0, -9))).rejects.toThrow('cut.jsonl.gz: its gzip is cut off');
    await expect(read('empty.csv.gz', '')).rejects.toThrow('its gzip is cut off');
    await expect(named('.')).rejects.toThrow('allowed are');
  });

  it.each([
    ['part.jsonl', '', '{"type":"asked"}\n'],
    ['part.csv', 'type,rider\n', 'asked,ann\n'],
  ])('%s may be read from a share of its bytes on, its lines counted from the first', async (name, header, line) => {
    const file = join(folder, name);
    await writeFile(file, header + line.repeat(200_000));
    const lines: number[] = [];
    const shares: number[] = [];
    const onRead = (share: number): void => void shares.push(share);
    for await (const events of readEventBatches(file, plan, { from: 0.5, onRead }))
      lines.push(...events.map((event) => event.line));
    expect(lines[0]).toBeGreaterThan(80_000);
    expect(lines[0]).toBeLessThan(101_000);
    expect(lines).toEqual(lines.map((_, i) => (lines[0] ?? 0) + i));
    expect(lines.at(-1)).toBe(200_000 + (header === '' ? 0 : 1));
    expect([shares[0], shares.at(-1)]).toEqual([expect.closeTo(0.5, 1), 1]);
  });

  it('may be left before its end', async () => {
    const file = join(folder, 'long.jsonl.gz');
    await writeFile(file, gzipSync('{"type":"asked"}\n'.repeat(200_000)));
    for await (const { line } of readEvents(file, plan)) if (line === 3) break;
    expect(await read('again.jsonl', '{"type":"asked"}')).toHaveLength(1);
  });
});
