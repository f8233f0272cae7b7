/** Runs the seeds that it is sent, one after the other, and tells how each went. */
import { parentPort } from 'node:worker_threads';

import type { Violation } from './audit/violation.ts';
import { scenarioOf, simulate } from './simulate-seed.ts';

export interface SeedResult {
  readonly seed: number;
  readonly violations: readonly Violation[];
  readonly hash: string;
}

// what is thrown in a run is mostly part of it, and nobody looks where it was thrown
Error.stackTraceLimit = 0;

parentPort?.on('message', (seed: number) => void run(seed));

async function run(seed: number): Promise<void> {
  const { violations, hash } = await simulate(await scenarioOf(seed));
  parentPort?.postMessage({ seed, violations, hash } satisfies SeedResult, []);
}
