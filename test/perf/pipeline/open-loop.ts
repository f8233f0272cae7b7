import type { Clock } from '@millrace/core';
import type { OutboundRecord } from '@millrace/records';
import type { Publisher } from '@millrace/stream';

const TICK_MS = 2;

export interface OpenLoopOptions {
  readonly publisher: Publisher;
  readonly records: readonly OutboundRecord[];
  readonly perSecond: number;
  readonly clock: Clock;
}

export interface OpenLoopRun {
  /** When each record was due, epoch milliseconds: its timestamp. */
  readonly dueAt: readonly number[];
  /** How far the sender itself was behind at worst. Large: the machine was too busy to measure. */
  readonly worstDelayMs: number;
}

/**
 * Sends at fixed times, however long the answers take, and stamps each record with the time at which it was due: so a
 * system that stalls cannot slow the questions down and look fast (coordinated omission).
 */
export async function sendOpenLoop({ publisher, records, perSecond, clock }: OpenLoopOptions): Promise<OpenLoopRun> {
  const startMs = clock.elapsed();
  const startAt = clock.now();
  const dueAt = records.map((_, i) => startAt + Math.round((i * 1000) / perSecond));
  const sent: Promise<void>[] = [];
  let worstDelayMs = 0;
  for (let next = 0; next < records.length; await clock.sleep(TICK_MS)) {
    const passedMs = clock.elapsed() - startMs;
    const end = Math.min(records.length, Math.floor((passedMs * perSecond) / 1000) + 1);
    if (end <= next) continue;
    worstDelayMs = Math.max(worstDelayMs, passedMs - (next * 1000) / perSecond);
    const due = records.slice(next, end).map((record, i) => ({ ...record, timestamp: dueAt[next + i] as number }));
    sent.push(publisher.publish(due));
    next = end;
  }
  await Promise.all(sent);
  return { dueAt, worstDelayMs };
}
