import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { openModelStore } from '@millrace/inference';
import { loadPlan } from '@millrace/pipeline';
import { afterEach, beforeEach, expect, it } from 'vitest';

import { readProfiles } from './read-profiles.ts';

const FLIGHTS = fileURLToPath(new URL('../../../examples/flights', import.meta.url));

let models: string;

beforeEach(async () => {
  models = await mkdtemp(join(tmpdir(), 'millrace-'));
  await cp(join(FLIGHTS, 'models'), models, { recursive: true });
});

afterEach(() => rm(models, { recursive: true }));

const versions = async (begins: string): Promise<readonly string[]> => {
  const plan = await loadPlan(join(FLIGHTS, 'pipeline.yaml'));
  return [...(await readProfiles(openModelStore(models), plan, begins, ['probability'])).keys()];
};

it('knows the profiles of all versions that may become champion', async () => {
  expect(await versions('1')).toEqual(['1', '2']);
});

it("leaves out what does not fit, but insists on that of the pipeline file's version", async () => {
  await writeFile(join(models, 'arrival-delay', '2', 'profile.json'), '{}');
  expect(await versions('1')).toEqual(['1']);
  await expect(versions('2')).rejects.toMatchObject({ code: 'PROFILE_INVALID' });
});
