import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';

import { describe, expect, it, onTestFinished } from 'vitest';

import { runProgram } from '../program.ts';
import { recordedContext } from '../testing/recorded-context.ts';

const PIPELINE = fileURLToPath(new URL('../../../../examples/flights/pipeline.yaml', import.meta.url));

const flight = { carrier: 'MQ', flight: 1, tailnum: 'N1', origin: 'LGA', dest: 'CLT' };
const due = {
  ...flight,
  type: 'departure_due',
  id: 'a',
  at: '2013-11-12T15:59:00Z',
  sched_dep: '2013-11-12T16:59:00Z',
  distance: 544,
  seats: null,
};
const EVENTS = [
  { ...due, id: 'bad', distance: 'far' },
  { ...flight, type: 'departed', id: 'd1', at: '2013-11-12T15:00:00Z', dep_delay: 20 },
  due,
  { ...flight, type: 'departed', id: 'late in the file', at: '2013-11-12T15:30:00Z', dep_delay: -3 },
  { ...due, id: 'b, "quoted"', tailnum: null },
];

async function run(events: string, out: string) {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-features-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'events.jsonl'), events);
  const context = recordedContext();
  const code = await runProgram(
    ['features', PIPELINE, join(folder, 'events.jsonl'), '--out', join(folder, out)],
    context,
  );
  return { code, context, content: () => readFile(join(folder, out)) };
}

describe('millrace features', () => {
  it('writes a row per request, in input order, with all events before its time though the file is out of order', async () => {
    const { code, context, content } = await run(EVENTS.map((event) => JSON.stringify(event)).join('\n'), 'out.csv.gz');
    expect(code).toBe(0);
    const lines = gunzipSync(await content())
      .toString()
      .trimEnd()
      .split('\n');
    expect(lines).toHaveLength(3);
    expect(lines[0]).toMatch(/^id,at,key,hour_of_day,day_of_week,distance,carrier,origin,visibility,/);
    expect(lines[1]).toBe('a,1384271940000,N1,11.983334,1,544,5,2,,,,,0,0,2,0.5,0.5,8.5,,,,,');
    expect(lines[2]).toMatch(/^"b, ""quoted""",1384271940000,,/);
    expect(context.err()).toContain('1 events left out, dead letters in a stream: SCHEMA_VIOLATION');
  });

  it('says what is wrong with a file, and writes nothing', async () => {
    const { code, context, content } = await run('{"type":', 'out.jsonl');
    expect(code).toBe(1);
    expect(context.err()).toMatch(/events\.jsonl: line 1: found what is not JSON/);
    await expect(content()).rejects.toThrow(/ENOENT/);
  });

  it.each([
    [['features', PIPELINE, '--out', 'x.csv'], /missing argument EVENTS/],
    [['features', PIPELINE, 'a.jsonl', 'b.jsonl', '--out', 'x.csv'], /found b\.jsonl/],
    [['features', PIPELINE, 'a.jsonl', '--out', 'x.parquet.gz'], /compressed inside/],
    [['features', PIPELINE, 'a.jsonl'], /--out/],
  ])('refuses %j as wrong use', async (args, message) => {
    const context = recordedContext();
    expect(await runProgram(args, context)).toBe(2);
    expect(context.err()).toMatch(message);
  });
});
