import { appendFile, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { EventsOutOfOrder, offlineFeatures, type FeatureRow } from '@millrace/features';
import { loadPlan } from '@millrace/pipeline';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { readEventBatches, readEvents } from '../events/read-events.ts';
import { idsOf, THREAD_ENDED, watchThreads } from '../testing/watch-threads.ts';
import { LeftOut } from './left-out.ts';
import type { PartSetup } from './part-protocol.ts';
import { SecondPart } from './second-part.ts';

const FLIGHTS = fileURLToPath(new URL('../../../../examples/flights', import.meta.url));
const PIPELINE = `${FLIGHTS}/pipeline.yaml`;
const PLAN = await loadPlan(PIPELINE);
/** Of the longest window of the flights: a part that begins earlier is full so long after its first event. */
const HOUR_MS = 3_600_000;
const REACH_MS = 14 * 24 * HOUR_MS;

let folder: string;
/** Seven weeks, without their last days: the second part of a file that begins before its middle has answers. */
let weeks: string;
let lines: string[];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'second-part-'));
  weeks = join(folder, 'weeks.jsonl');
  lines = [];
  for await (const { raw } of readEvents(`${FLIGHTS}/data/flights-2013-10-28-to-12-22.jsonl.gz`))
    lines.push(`${raw}\n`);
  lines = lines.slice(0, 120_000);
  await writeFile(weeks, lines.join(''));
});
afterAll(() => rm(folder, { recursive: true }));

const opened: SecondPart[] = [];
afterEach(async () => void (await Promise.all(opened.splice(0).map((part) => part.close()))));

async function start(more: Partial<PartSetup> = {}): Promise<SecondPart> {
  const { featureSet } = PLAN;
  const setup = { pipeline: PIPELINE, featureSet, file: weeks, disorderMs: 0, from: 0.3, spill: join(folder, 'spill') };
  const part = await SecondPart.start({ ...setup, ...more });
  opened.push(part);
  return part;
}

async function collect(part: SecondPart, leftOut = new LeftOut()): Promise<FeatureRow[]> {
  const rows: FeatureRow[] = [];
  for await (const row of part.rows(leftOut, () => undefined)) rows.push(row);
  return rows;
}

async function written(name: string, text: readonly string[]): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, text.join(''));
  return file;
}

const timeOf = (line: string): number => Date.parse((JSON.parse(line) as { at: string }).at);

describe('the second part of a file', () => {
  it('begins once no window reaches before it, and has the rows of one thread from there on, bit for bit', async () => {
    const second = await start();
    const line = (await second.begins()) ?? 0;
    const first = lines[Math.floor(lines.length * 0.3)] as string;
    const [before, at] = [timeOf(lines[line - 2] as string), timeOf(lines[line - 1] as string)];
    // the share is one of bytes, in pieces
    expect(before).toBeLessThan(timeOf(first) + REACH_MS + 6 * HOUR_MS);
    expect(at).toBeGreaterThan(timeOf(first) + REACH_MS - 6 * HOUR_MS);
    const expected: FeatureRow[] = [];
    const all = offlineFeatures(PLAN, readEventBatches(weeks, PLAN));
    for await (const row of all) expected.push(row);
    const rows = await collect(second);
    expect(rows.length).toBeGreaterThan(10_000);
    const asked = lines.slice(line - 1).filter((text) => text.includes('"departure_due"')).length;
    expect(rows).toHaveLength(asked);
    rows.forEach((row, i) => {
      const whole = expected[expected.length - asked + i] as FeatureRow;
      if (i % 500 === 0) expect({ ...row, vector: [] }).toEqual({ ...whole, vector: [] });
      const bits = ({ vector }: FeatureRow) => Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength);
      if (!bits(row).equals(bits(whole))) expect(row.vector, row.id).toEqual(whole.vector);
    });
  }, 120_000);

  it('tells what it left out, in lines of the file', async () => {
    const bad = lines.map((line, i) => (i === 5 || i > 119_997 ? '{"type":"unheard"}\n' : line));
    const leftOut = new LeftOut();
    await collect(await start({ file: await written('bad.jsonl', bad) }), leftOut);
    const first = expect.stringContaining('line 119999: ');
    expect(leftOut.reasons).toEqual([{ code: 'UNKNOWN_TYPE', count: 2, first }]);
  }, 60_000);

  it('leaves all to the first where its windows are not full soon enough', async () => {
    const part = await start({ from: 0.69 });
    expect(await part.begins()).toBeNull();
    expect(await collect(part)).toEqual([]);
  }, 60_000);

  it('leaves to the first what is wrong before it answers, and another pipeline file', async () => {
    const file = await written('early.jsonl', [...lines.slice(0, 50_000), '{"type":\n', ...lines.slice(50_000)]);
    expect(await (await start({ file })).begins()).toBeNull();
    expect(await (await start({ featureSet: '00000000', spill: join(folder, 'other') })).begins()).toBeNull();
  }, 60_000);

  it('gives what stands before a bad line, and then its error', async () => {
    const file = await written('late.jsonl', [...lines, '{"type":\n']);
    const part = await start({ file });
    const rows: FeatureRow[] = [];
    const read = async (): Promise<void> => {
      for await (const row of part.rows(new LeftOut(), () => undefined)) rows.push(row);
    };
    await expect(read()).rejects.toMatchObject({ code: 'INPUT_INVALID', detail: expect.stringMatching(/line 120001/) });
    expect(rows.length).toBeGreaterThan(10_000);
  }, 60_000);

  it('is out of order as for one thread', async () => {
    const file = await written('disorder.jsonl', [...lines, lines[119_000] as string]);
    await expect(collect(await start({ file }))).rejects.toThrow(EventsOutOfOrder);
  }, 60_000);

  it('is refused where the file has changed meanwhile', async () => {
    const file = await written('changed.jsonl', lines);
    const part = await start({ file });
    await part.begins();
    await appendFile(file, '\n');
    await expect(collect(part)).rejects.toThrow('changed.jsonl: it changed while it was read');
  }, 60_000);

  it('says that there is no room for its rows', async () => {
    const spill = join(folder, 'full');
    await symlink('/dev/full', spill);
    const part = await start({ spill });
    await expect(collect(part)).rejects.toMatchObject({ code: 'OUTPUT_FAILED' });
  }, 60_000);

  it('leaves no thread and no file when it is closed early', async () => {
    const threads = watchThreads();
    const part = await start();
    await part.begins();
    await part.close();
    expect(idsOf(threads)).toEqual([THREAD_ENDED]);
    expect(await readdir(folder)).not.toContain('spill');
  }, 60_000);
});
