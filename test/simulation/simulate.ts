/**
 * `npm run simulate -- [--seeds N] [--seed S]`: many schedules of the whole pipeline, each from a seed. `--seed S` alone
 * runs that one, makes it small if it fails, and shows what happened; with `--seeds N`, N seeds from S on. Ends with 1
 * where a seed failed.
 */
import { parseArgs } from 'node:util';

import { failureReport } from './failure-report.ts';
import { runSeeds } from './run-seeds.ts';
import type { SeedResult } from './seed-worker.ts';
import { scenarioOf, simulate } from './simulate-seed.ts';

const DEFAULT_SEEDS = 1000;
const SAY_EVERY_MS = 10_000;

const { values } = parseArgs({ options: { seeds: { type: 'string' }, seed: { type: 'string' } } });
const one = values.seed !== undefined && values.seeds === undefined;
const first = Number(values.seed ?? 1);
const count = one ? 1 : Number(values.seeds ?? DEFAULT_SEEDS);
if (!Number.isSafeInteger(first) || !Number.isSafeInteger(count) || count < 1) {
  console.error('--seeds takes how many seeds to run, from 1, and --seed the first of them: whole numbers');
  process.exit(2);
}
process.exitCode = (await (one ? runOne(first) : runMany())) ? 0 : 1;

async function runOne(seed: number): Promise<boolean> {
  const scenario = await scenarioOf(seed);
  const verdict = await simulate(scenario);
  console.log(
    `seed ${seed}: ${verdict.violations.length} violations, ${verdict.happened} events in ${Math.round(verdict.virtualMs)} virtual ms, trace ${verdict.hash}`,
  );
  if (verdict.violations.length > 0) console.log(await failureReport(scenario));
  return verdict.violations.length === 0;
}

async function runMany(): Promise<boolean> {
  const failed: SeedResult[] = [];
  const startedAt = performance.now();
  let [done, saidAt] = [0, startedAt];
  const rate = (): string => `${Math.round((done * 60_000) / (performance.now() - startedAt))} schedules a minute`;
  await runSeeds(first, count, (result) => {
    done++;
    if (result.violations.length > 0) {
      failed.push(result);
      console.log(`seed ${result.seed}: ${result.violations[0]?.kind}: ${result.violations[0]?.detail}`);
    }
    if (performance.now() - saidAt < SAY_EVERY_MS) return;
    saidAt = performance.now();
    console.log(`${done} of ${count} seeds, ${failed.length} failed, ${rate()}`);
  });
  console.log(`${count} seeds from ${first}: ${failed.length} failed, ${rate()}`);
  const [worst] = failed.toSorted((a, b) => a.seed - b.seed);
  if (worst) console.log(await failureReport(await scenarioOf(worst.seed)));
  return failed.length === 0;
}
