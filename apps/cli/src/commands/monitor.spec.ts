import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { loadPlan } from '@millrace/pipeline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { runProgram } from '../program.ts';
import { recordedContext } from '../testing/recorded-context.ts';

const FLIGHTS = fileURLToPath(new URL('../../../../examples/flights', import.meta.url));

describe('millrace monitor self-test', () => {
  let models: string;

  beforeEach(async () => {
    models = await mkdtemp(join(tmpdir(), 'millrace-'));
    await cp(join(FLIGHTS, 'models'), models, { recursive: true });
  });

  afterEach(() => rm(models, { recursive: true }));

  const run = async (...args: string[]) => {
    const context = {
      ...recordedContext(),
      loadPlan: async () => ({ ...(await loadPlan(join(FLIGHTS, 'pipeline.yaml'))), models }),
    };
    const code = await runProgram(['monitor', ...args], context);
    return { code, out: context.out(), err: context.err() };
  };
  const few = ['--windows', '50', '--trials', '3'];

  it('measures false incidents and delays on the profile of the pipeline’s model', async () => {
    const { code, out } = await run('self-test', ...few, '--rows', '1000');
    expect(code).toBe(0);
    expect(out).toMatch(
      /^arrival-delay 1\n\d+ signals, windows of 1000 rows\nunchanged: 0 false incidents in 50 windows/,
    );
    expect(out).toMatch(/^5 % missing: found 3 times of 3, after 2 windows \(median\), named right 3 times$/m);
  });

  it('takes windows of min_rows where none are named', async () => {
    const { out } = await run('self-test', ...few, '--json');
    expect(JSON.parse(out)).toMatchObject({ model: 'arrival-delay', version: '1', seed: 1, rows: 300, windows: 50 });
  });

  it('gives the same numbers for the same seed alone', async () => {
    const small = ['self-test', '--rows', '50', '--windows', '20', '--trials', '15', '--json', '--seed'];
    const [first, again, other] = await Promise.all([run(...small, '7'), run(...small, '7'), run(...small, '8')]);
    expect(again.out).toBe(first.out);
    expect(JSON.parse(other.out)).not.toEqual({ ...(JSON.parse(first.out) as object), seed: 8 });
  });

  it('says what is missing where the model has no profile, and what is wrong with a broken one', async () => {
    const profile = join(models, 'arrival-delay', '1', 'profile.json');
    await writeFile(profile, '{}');
    expect(await run('self-test')).toMatchObject({ code: 1, err: expect.stringContaining('PROFILE_INVALID') });
    await rm(profile);
    expect(await run('self-test')).toMatchObject({ code: 1, err: expect.stringContaining('millrace model profile') });
  });

  it.each([
    [['self-test', '--rows', '0'], /whole number above 0/],
    [['silence', 'x'], /required option '--for <duration>' not specified/],
    [['silence', 'x', '--for', 'ever'], /Allowed is a duration such as 30m, 2h or 7d/],
    [['silence', 'x', 'y', '--for', '2h'], /found y behind SIGNAL/],
    [['acknowledge'], /missing required argument 'words'/],
    [['acknowledge', 'pipeline.yaml'], /missing argument ID/],
  ])('refuses %j with 2', async (args, message) => {
    expect(await run(...args)).toMatchObject({ code: 2, err: expect.stringMatching(message) });
  });
});
