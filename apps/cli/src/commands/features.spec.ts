import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';

import { ManualClock } from '@millrace/core/testing';
import { describe, expect, it, onTestFinished } from 'vitest';

import type { CliContext } from '../context.ts';
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

const lineOf = (event: unknown): string => `${JSON.stringify(event)}\n`;

async function run(events: string, out: string, more: Partial<CliContext> = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-features-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'events.jsonl'), events);
  const context = recordedContext();
  const code = await runProgram(['features', PIPELINE, join(folder, 'events.jsonl'), '--out', join(folder, out)], {
    ...context,
    ...more,
  });
  return { code, context, content: () => readFile(join(folder, out)) };
}

describe('millrace features', () => {
  it('writes a row per request, in input order, with all events before its time though the file is out of order', async () => {
    const { code, context, content } = await run(EVENTS.map(lineOf).join(''), 'out.csv.gz');
    expect(code).toBe(0);
    const lines = gunzipSync(await content())
      .toString()
      .trimEnd()
      .split('\n');
    expect(lines).toHaveLength(3);
    expect(lines[0]).toMatch(/^id,at,key,hour_of_day,day_of_week,distance,carrier,origin,visibility,/);
    expect(lines[1]).toBe('a,1384271940000,N1,11.983334,1,544,5,2,,,,,0,0,2,0.5,0.5,8.5,,,,,');
    expect(lines[2]).toMatch(/^"b, ""quoted""",1384271940000,,/);
    expect(context.err()).toContain(
      '1 event left out, a dead letter in a stream: SCHEMA_VIOLATION, line 1: departure_due: /distance',
    );
  });

  it('says what is wrong with a file, and writes nothing', async () => {
    const { code, context, content } = await run('{"type":', 'out.jsonl');
    expect(code).toBe(1);
    expect(context.err()).toMatch(/events\.jsonl: line 1: found what is not JSON/);
    await expect(content()).rejects.toThrow(/ENOENT/);
  });

  it('counts what it leaves out by code, and shows the first of each', async () => {
    const bad = [{ ...due, type: 'due' }, due, { ...due, distance: 'far' }, { ...due, seats: undefined }];
    const blankEnd = '  '; // says nothing, not that there are no events
    const { code, context } = await run(bad.map(lineOf).join('') + blankEnd, 'out.csv');
    expect(code).toBe(0);
    expect(context.err().split('\n').slice(1)).toEqual([
      expect.stringMatching(
        /^1 event left out, .*: UNKNOWN_TYPE, line 1: found "due"; the pipeline file has departure_due/,
      ),
      expect.stringMatching(/^2 events left out, .*: SCHEMA_VIOLATION, the first line 3: departure_due: \/distance/),
      '',
    ]);
  });

  it('says that a file has no events', async () => {
    const { code, context } = await run('\n', 'out.csv');
    expect([code, context.err()]).toEqual([
      0,
      expect.stringMatching(/^0 rows written.*\n.*events\.jsonl has no events\n$/),
    ]);
  });

  it('refuses to write over the file that it reads', async () => {
    const { code, context, content } = await run(JSON.stringify(due), 'events.jsonl');
    expect([code, context.err()]).toEqual([2, expect.stringContaining('events.jsonl is the file that is read')]);
    expect(String(await content())).toBe(JSON.stringify(due));
  });

  it('can be interrupted while it looks at the order of a file, and then leaves nothing', async () => {
    const stop = new AbortController();
    const shown: string[] = [];
    const write = (text: string): void => {
      shown.push(text);
      if (text.includes('looking at the order')) stop.abort();
    };
    let elapsedMs = 0;
    const { code, content } = await run(
      `${lineOf(EVENTS[3])}${lineOf(due).repeat(600)}${lineOf(EVENTS[1])}`,
      'out.csv',
      {
        signal: stop.signal,
        stderr: { isTerminal: true, write },
        clock: Object.assign(new ManualClock(), { elapsed: () => (elapsedMs += 1000) }),
      },
    );
    expect([code, shown.at(-1)]).toEqual([1, expect.stringContaining('INTERRUPTED')]);
    expect(shown.filter((text) => text.includes('looking at the order'))).toHaveLength(1);
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
