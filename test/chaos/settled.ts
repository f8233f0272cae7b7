import { until } from './until.ts';
import type { WorkerProcess } from './worker-process.ts';

/**
 * Waits until the workers share all partitions among them and each of them has committed something of each of its own
 * since: a fault that hits them then hits a settled group at work, and not a commit that only notes that a task begins.
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
      else for (const worker of workers) if (!before.has(worker)) before.set(worker, worker.reports.length);
      return workers.every((worker) => isAtWork(worker, before.get(worker)));
    },
    limitMs,
  );
}

function share(workers: readonly WorkerProcess[], partitions: number): boolean {
  const shares = workers.map((worker) => (worker.isRunning ? worker.partitions.length : 0));
  return shares.every((share) => share > 0) && shares.reduce((a, b) => a + b) === partitions;
}

function isAtWork(worker: WorkerProcess, since: number | undefined): boolean {
  if (since === undefined) return false;
  const committed = worker.reports
    .slice(since)
    .flatMap((report) => (report.is === 'committed' ? report.partitions : []));
  return worker.partitions.every((partition) => committed.includes(partition));
}
