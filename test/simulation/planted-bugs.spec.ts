import { describe, expect, it } from 'vitest';

import { failureReport } from './failure-report.ts';
import { PLANTED_BUGS, type PlantedBug } from './planted/planted-bugs.ts';
import { scenarioOf, simulate } from './simulate-seed.ts';

const MOST_SEEDS = 150;

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

  it('fails, and tells of it with a small script that says how to see it again', async () => {
    const bug = PLANTED_BUGS['takes a doubtful commit for a good one'] as PlantedBug;
    const { seed } = (await find(bug)) ?? { seed: 0 };
    const scenario = await scenarioOf(seed);
    const report = await failureReport(scenario, { disguise: bug.plant() });
    const count = (what: string): number => Number(new RegExp(`^(\\d+) ${what}$`, 'm').exec(report)?.[1]);
    expect(count('faults')).toBeLessThanOrEqual(2);
    expect(count('events')).toBeLessThan(scenario.traffic.length / 2);
    expect(report).toMatch(/VIOLATION (inconsistent-offsets|lost-write|stuck)/);
    expect(report).toContain(`npm run simulate -- --seed ${seed}`);
  });
});
