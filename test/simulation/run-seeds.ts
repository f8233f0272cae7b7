import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';

import type { SeedResult } from './seed-worker.ts';

/** Seeds given to a worker before it has answered, so that it never waits. */
const AHEAD = 2;

/** Packages are taken from their sources, whoever starts this. */
const SOURCES = ['--conditions=@millrace/source'];

/** Runs seeds on all cores, and tells how each went as it comes. */
export async function runSeeds(
  first: number,
  count: number,
  onResult: (result: SeedResult) => void,
  workers = availableParallelism(),
): Promise<void> {
  let next = first;
  await Promise.all(
    Array.from({ length: Math.min(workers, count) }, () =>
      runWorker(() => (next < first + count ? next++ : null), onResult),
    ),
  );
}

function runWorker(nextSeed: () => number | null, onResult: (result: SeedResult) => void): Promise<void> {
  const worker = new Worker(new URL('./seed-worker.ts', import.meta.url), { execArgv: SOURCES });
  return new Promise((resolve, reject) => {
    let open = 0;
    const give = (): void => {
      const seed = nextSeed();
      if (seed !== null) {
        open++;
        worker.postMessage(seed, []);
      } else if (open === 0) void worker.terminate().then(() => resolve());
    };
    worker.on('error', reject);
    worker.on('message', (result: SeedResult) => {
      open--;
      onResult(result);
      give();
    });
    for (let i = 0; i < AHEAD; i++) give();
  });
}
