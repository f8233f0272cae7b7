import { describe, expect, it } from 'vitest';

import { runSeeds } from './run-seeds.ts';
import type { SeedResult } from './seed-worker.ts';
import { scenarioOf, simulate } from './simulate-seed.ts';

const SEEDS = 150;
const EACH = 15;

/** What went wrong, with the seed that shows it: `npm run simulate -- --seed S` tells more. */
async function violationsOf(seed: number): Promise<readonly string[]> {
  const { violations } = await simulate(await scenarioOf(seed));
  return violations.map(({ kind, detail }) => `seed ${seed}: ${kind}: ${detail}`);
}

describe('the pipeline under scripted faults', () => {
  it.each(Array.from({ length: SEEDS / EACH }, (_, i) => i * EACH + 1))(
    'keeps its promises in 15 schedules from seed %i on',
    async (first) => {
      for (let seed = first; seed < first + EACH; seed++) expect(await violationsOf(seed)).toEqual([]);
    },
  );

  it('runs a seed the same way again, event by event', async () => {
    for (const seed of [3, 4, 5]) {
      const [once, again] = [await simulate(await scenarioOf(seed)), await simulate(await scenarioOf(seed))];
      expect(again.hash).toBe(once.hash);
      expect(again.happened).toBe(once.happened);
    }
  });

  it('runs a seed the same way in another thread, each seed once', async () => {
    const results: SeedResult[] = [];
    await runSeeds(3, 3, (result) => results.push(result), 2);
    for (const { seed, hash } of results) expect(hash).toBe((await simulate(await scenarioOf(seed))).hash);
    expect(results.map(({ seed }) => seed).toSorted((a, b) => a - b)).toEqual([3, 4, 5]);
  });

  it('runs another seed another way', async () => {
    const hashes = await Promise.all([6, 7].map(async (seed) => (await simulate(await scenarioOf(seed))).hash));
    expect(new Set(hashes).size).toBe(2);
  });
});

describe('a log that has forgotten what a state is made of', () => {
  it('stops the stage with STATE_GAP, and nothing wrong is written', async () => {
    const drawn = await scenarioOf(2);
    const faults = [
      { kind: 'crash', role: 'feature-0', atMs: 4000, backMs: 3000 },
      { kind: 'cut', needed: true, atMs: 5000 },
    ] as const;
    const { violations } = await simulate({
      ...drawn,
      faults,
      trims: false,
      instances: { ...drawn.instances, feature: 1 },
    });
    expect(violations.filter(({ kind }) => kind === 'died').map(({ detail }) => detail)).toEqual([
      expect.stringContaining('The log no longer has what the state is made of'),
    ]);
    expect(violations.filter(({ kind }) => !['died', 'lost-write'].includes(kind))).toEqual([]);
  });
});
