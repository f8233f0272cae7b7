import { until } from './until.ts';
import type { WorkerProcess } from './worker-process.ts';

/**
 * Waits until the workers share all partitions among them and each of them has committed since: a fault that hits them
 * then hits a settled group at work.
 *
 * @param current asked anew each time: one may be replaced by another meanwhile
 */
export async function settled(
  current: () => readonly WorkerProcess[],
  partitions: number,
  limitMs: number,
): Promise<void> {
  const before = new Map<WorkerProcess, number>();
  await until(
    'the workers share all partitions and commit',
    () => {
      const workers = current();
      if (!share(workers, partitions)) before.clear();
      else for (const worker of workers) if (!before.has(worker)) before.set(worker, commits(worker));
      return workers.every((worker) => commits(worker) > (before.get(worker) ?? Number.POSITIVE_INFINITY));
    },
    limitMs,
  );
}

function share(workers: readonly WorkerProcess[], partitions: number): boolean {
  const shares = workers.map((worker) => (worker.isRunning ? worker.partitions.length : 0));
  return shares.every((share) => share > 0) && shares.reduce((a, b) => a + b) === partitions;
}

function commits(worker: WorkerProcess): number {
  return worker.all('committed').length;
}
