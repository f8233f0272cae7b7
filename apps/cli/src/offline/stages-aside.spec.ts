import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { loadPlan } from '@millrace/pipeline';
import { describe, expect, it, onTestFinished } from 'vitest';

import { stagesAside } from './stages-aside.ts';

const PLAN = await loadPlan(fileURLToPath(new URL('../../../../examples/flights/pipeline.yaml', import.meta.url)));
const BY = new Map(PLAN.stages.map(({ index, by }) => [index, by.join()]));

async function aside(name: string, bytes: number, cores: number, plan: Pick<typeof PLAN, 'stages'> = PLAN) {
  const folder = await mkdtemp(join(tmpdir(), 'stages-aside-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, name);
  await writeFile(file, '');
  await truncate(file, bytes);
  return (await stagesAside(plan, file, cores)).map((stage) => BY.get(stage));
}

describe('the stages that a second thread computes', () => {
  it('have most of the windows: of the flights those by origin, over four types of events, and three of the five over one', async () => {
    expect(await aside('year.jsonl', 20e6, 2)).toEqual(['origin', 'carrier', 'origin,carrier', 'dest']);
    expect(await aside('year.jsonl.gz', 3e6, 16)).toHaveLength(4);
  });

  it('are all, of a pipeline with one', async () => {
    expect(await aside('a.csv', 20e6, 2, { stages: PLAN.stages.slice(1, 2) })).toEqual(['carrier']);
  });

  it.each([
    ['small.jsonl', 10e6, 2],
    ['small.parquet', 1e6, 2],
    ['year.jsonl', 20e6, 1],
  ])('are none for %s of %d bytes on %d cores', async (name, bytes, cores) => {
    expect(await aside(name, bytes, cores)).toEqual([]);
  });

  it('are none for a file that is not there, which whoever reads it says', async () => {
    expect(await stagesAside(PLAN, 'no/such.jsonl', 2)).toEqual([]);
  });
});
