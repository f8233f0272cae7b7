import type { Clock } from '@millrace/core';

/** How long the last telemetry may take to leave before the process goes without it. */
const FLUSH_MS = 5000;

/** Until it has left, or for that long; what goes wrong there keeps nobody from ending. */
export async function withinFlushTime(clock: Clock, flushing: Promise<unknown>): Promise<void> {
  const late = new AbortController();
  await Promise.race([flushing.catch(() => undefined), clock.sleep(FLUSH_MS, late.signal)]);
  late.abort();
}
