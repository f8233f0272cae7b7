import type { Worker } from 'node:worker_threads';

import type { NativeGate } from './native-gate.ts';

/** `threadId` of a worker that has ended. */
const GONE = -1;

/** Those that end once the runtime returns, if ever. Until then they have their memory, and maybe a core. */
const stuck = new Set<Promise<unknown>>();

/** Terminates a worker; one that is in a call of the runtime ends by itself behind the call. Resolves when it has ended. */
export async function endWorker(worker: Worker, gate: NativeGate): Promise<void> {
  if (gate.shut()) {
    await worker.terminate();
    return;
  }
  if (worker.threadId === GONE) return;
  const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
  stuck.add(ended);
  await ended;
  stuck.delete(ended);
}

/** Workers of this process that were given up and have not ended. */
export function stuckWorkers(): ReadonlySet<Promise<unknown>> {
  return stuck;
}
