import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';

import { parseProfile, type NumericReference } from '@millrace/drift';
import { loadPlan } from '@millrace/pipeline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { runProgram } from '../program.ts';
import { readTable } from '../sample-table.ts';
import { recordedContext } from '../testing/recorded-context.ts';

const FLIGHTS = fileURLToPath(new URL('../../../../examples/flights', import.meta.url));
const SAMPLE = join(FLIGHTS, 'data/reference.csv.gz');

describe('millrace model profile', () => {
  let models: string;

  beforeEach(async () => {
    models = await mkdtemp(join(tmpdir(), 'millrace-'));
    await cp(join(FLIGHTS, 'models'), models, { recursive: true });
  });

  afterEach(() => {
    seasonal = false;
    return rm(models, { recursive: true });
  });

  let seasonal = false;
  const run = async (...args: string[]) => {
    const context = {
      ...recordedContext(),
      loadPlan: async () => {
        const plan = await loadPlan(join(FLIGHTS, 'pipeline.yaml'));
        return { ...plan, models, monitor: { ...plan.monitor, seasonal } };
      },
    };
    const code = await runProgram(['model', ...args], context);
    return { code, out: context.out(), err: context.err() };
  };
  const read = (version: string) => readFile(join(models, 'arrival-delay', version, 'profile.json'), 'utf8');
  const sampleOf = async (name: string, text: string): Promise<string> => {
    const file = join(models, name);
    await writeFile(file, text);
    return file;
  };

  it.each(['1', '2'])('makes the profile that the flights example ships for version %s', async (version) => {
    const shipped = await read(version);
    await rm(join(models, 'arrival-delay', version, 'profile.json'));
    const { code, out } = await run('profile', `arrival-delay/${version}`, '--sample', SAMPLE);
    expect([code, out]).toEqual([0, expect.stringContaining('10000 rows, 9874 with a label, 5 windows of its own')]);
    expect(await read(version)).toBe(shipped);
  });

  it('keeps the rows by hour of the week beside all, where the pipeline is seasonal, and nothing else is another', async () => {
    const shipped = parseProfile(await read('1'), 'profile.json');
    seasonal = true;
    const { code, out } = await run('profile', 'arrival-delay/1', '--sample', SAMPLE);
    const { hours, ...others } = parseProfile(await read('1'), 'profile.json');
    expect(others).toEqual(shipped);
    const rows = hours?.rows ?? [];
    expect([code, out]).toEqual([
      0,
      expect.stringContaining(`, ${rows.filter(Boolean).length} of 168 hours of the week`),
    ]);
    expect(rows.reduce((sum, count) => sum + count, 0)).toBe(10_000);
    expect(hours?.zone).toBe('America/New_York');
    expect(rows[2]).toBe(0); // nobody flies on Mondays at 2
  });

  it('says which row leaves it without an error rate', async () => {
    const [head = '', ...rows] = gunzipSync(await readFile(SAMPLE))
      .toString()
      .split('\n')
      .slice(0, 400);
    const label = head.split(',').indexOf('label');
    const table = [
      head,
      ...rows.map((row, i) =>
        row
          .split(',')
          .with(label, i === 6 ? '2' : '1')
          .join(','),
      ),
    ];
    const sample = await sampleOf('classes.csv', table.join('\n'));
    const { code, out, err } = await run('profile', 'arrival-delay/1', '--sample', sample);
    expect([code, out]).toEqual([0, expect.stringContaining('399 rows, 399 with a label')]);
    expect(err).toMatch(
      /classes\.csv: row 7 has the label 2 and 0\.\d+ for its first output\. An error rate takes labels of 0/,
    );
    expect(parseProfile(await read('1'), 'profile.json').performance).toBeNull();
    expect((await run('profile', 'arrival-delay/1', '--sample', SAMPLE)).err).toBe('');
  });

  it('scores the rows as the trainer did', async () => {
    const output = parseProfile(await read('1'), 'profile.json').outputs[0] as NumericReference;
    const scores = (await readTable(SAMPLE)).map((row) => Number(row['probability_v1'])).toSorted((a, b) => a - b);
    const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
    expect(output.name).toBe('probability');
    expect(Math.abs((output.mean as number) - mean)).toBeLessThan(1e-6);
    output.edges.forEach((edge, i) => {
      const place = ((i + 1) / 10) * (scores.length - 1);
      const [low, high] = [scores[Math.floor(place)], scores[Math.ceil(place)]] as [number, number];
      expect(Math.abs(edge - (low + (high - low) * (place % 1)))).toBeLessThan(1e-6);
    });
  });

  it('takes the version of the pipeline where none is named, and lines of JSON', async () => {
    const left = new Set(['id', 'at', 'label']);
    const lines = (await readTable(SAMPLE)).slice(0, 5).map((row) => {
      const kept = Object.entries(row).filter(([name]) => !left.has(name));
      return JSON.stringify(
        Object.fromEntries(kept.map(([name, value]) => [name, value === '' ? null : Number(value)])),
      );
    });
    const { code, out, err } = await run(
      'profile',
      'arrival-delay',
      '--json',
      '--sample',
      await sampleOf('few.jsonl', lines.join('\n')),
    );
    expect([code, JSON.parse(out)]).toEqual([
      0,
      expect.objectContaining({ version: '1', rows: 5, labelled: 0, own_windows: 0 }),
    ]);
    expect(err).toContain('5 rows are few: what they are wrong by may be taken for a change. Take 1000 or more');
  });

  it.each([
    ['few.csv', 'id,hour_of_day\na,1', /has no column day_of_week, distance/],
    ['few.csv', '', /has no rows/],
    ['few.txt', '', /neither \.csv nor \.jsonl/],
    ['few.jsonl', '[1]', /line 1 is no JSON object/],
    ['few.csv.gz', 'not zipped', /incorrect header check/],
  ])('says what is wrong with a sample %s of %j', async (name, text, message) => {
    const { code, err } = await run('profile', 'arrival-delay', '--sample', await sampleOf(name, text));
    expect([code, err]).toEqual([1, expect.stringMatching(message)]);
  });

  it('names the row and the column of a value that is no number', async () => {
    const [row] = await readTable(SAMPLE);
    const table = [row, { ...row, id: 'second', distance: 'far' }].map((one) => JSON.stringify(one)).join('\n');
    const { code, err } = await run('profile', 'arrival-delay', '--sample', await sampleOf('few.jsonl', table));
    expect([code, err]).toEqual([1, expect.stringContaining('row 2 (id second) has "far" for distance')]);
  });

  it.each([
    [['profile', 'arrival-delay'], /required option '--sample <file>'/],
    [['profile', 'a', 'b', '--sample', 'x.csv'], /MODEL or MODEL\/VERSION and at most one pipeline file/],
    [['alias', 'arrival-delay', 'challenger'], /MODEL champion VERSION/],
    [['alias', 'arrival-delay', 'champion'], /MODEL champion VERSION/],
    [['alias', 'arrival-delay', 'best', '2'], /MODEL champion VERSION/],
    [['alias', 'other'], /predict.model arrival-delay/],
  ])('ends with 2 for %j', async (args, message) => {
    expect(await run(...args)).toMatchObject({ code: 2, err: expect.stringMatching(message) });
  });

  it('names the versions that there are', async () => {
    expect(await run('profile', 'arrival-delay/7', '--sample', SAMPLE)).toMatchObject({
      code: 1,
      err: expect.stringContaining('There is 1, 2'),
    });
  });
});
