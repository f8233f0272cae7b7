import type { Worker } from 'node:worker_threads';

import { onTestFinished } from 'vitest';

/** What Node says of a thread that has ended. */
export const THREAD_ENDED = -1;

/** The threads that are started from now on. */
export function watchThreads(): readonly Worker[] {
  const threads: Worker[] = [];
  const add = (thread: Worker): void => void threads.push(thread);
  process.on('worker', add);
  onTestFinished(() => void process.off('worker', add));
  return threads;
}

export function idsOf(threads: readonly Worker[]): readonly number[] {
  return threads.map(({ threadId }) => threadId);
}
