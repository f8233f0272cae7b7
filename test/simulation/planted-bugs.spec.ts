import { describe, expect, it } from 'vitest';

import { PLANTED_BUGS, type PlantedBug } from './planted/planted-bugs.ts';
import { shrink } from './shrink.ts';
import { scenarioOf, simulate } from './simulate-seed.ts';

const MOST_SEEDS = 60;

/** The first seed that shows a bug, and as what; null where none does. */
async function find({
  plant,
  shows,
}: PlantedBug): Promise<{ readonly seed: number; readonly kinds: readonly string[] } | null> {
  for (let seed = 1; seed <= MOST_SEEDS; seed++) {
    const { violations } = await simulate(await scenarioOf(seed), { disguise: plant() });
    const kinds = violations.map(({ kind }) => kind);
    if (kinds.some((kind) => shows.includes(kind))) return { seed, kinds };
  }
  return null;
}

describe('the simulation finds a log or a stage that', () => {
  it.each(Object.entries(PLANTED_BUGS))('%s', async (_, bug) => {
    expect(await find(bug)).not.toBeNull();
  });

  it('fails, and makes its script small', async () => {
    const bug = PLANTED_BUGS['takes a doubtful commit for a good one'] as PlantedBug;
    const { seed } = (await find(bug)) ?? { seed: 0 };
    const scenario = await scenarioOf(seed);
    const small = await shrink(scenario, { disguise: bug.plant() });
    expect(small.faults.length).toBeLessThanOrEqual(2);
    expect(small.traffic.length).toBeLessThan(scenario.traffic.length / 2);
    expect((await simulate(small, { disguise: bug.plant() })).violations).not.toEqual([]);
  });
});
