import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

import type { Clock } from '@millrace/core';
import type { Plan } from '@millrace/pipeline';
import { eventKeyPartition, type OutboundRecord } from '@millrace/records';
import type { Log, RecordSource } from '@millrace/stream';

const TICK_MS = 5;
const LIMITS = { maxWaitMs: 200, maxBytes: 8 << 20, maxBytesPerPartition: 1 << 20 };

export interface OpenLoopResult {
  readonly sent: number;
  readonly requests: number;
  readonly answered: number;
  /** From the timestamp of the event's record to that of its prediction's, sorted, in milliseconds. */
  readonly latenciesMs: readonly number[];
  /** The same by the time at which the event was due, epoch milliseconds. */
  readonly waits: readonly { readonly dueAtMs: number; readonly ms: number }[];
  /** Predictions that came a second time. */
  readonly doubled: number;
}

/**
 * Publishes the example's events at a fixed rate, whatever comes back, and joins the predictions to them. Each record is
 * stamped with the time at which it was due: so a stall cannot hide by slowing the questions (coordinated omission).
 */
export async function openLoop(
  plan: Plan,
  log: Log,
  clock: Clock,
  events: string,
  rate: number,
  seconds: number,
): Promise<OpenLoopResult> {
  const lines = gunzipSync(readFileSync(events))
    .toString('utf8')
    .trimEnd()
    .split('\n')
    .slice(0, rate * seconds);
  const sentAt = new Map<string, number>();
  const answers = new Map<string, number>();
  const sending = new AbortController();
  const reading = readAnswers(plan, log.source(), answers, sending.signal);
  await sendAtRate(log, clock, rate, lines.length, (i, dueAtMs) => toRecord(plan, lines[i] ?? '', dueAtMs, sentAt));
  const waitUntil = clock.elapsed() + 10_000;
  while (answers.size < sentAt.size && clock.elapsed() < waitUntil) await clock.sleep(100);
  sending.abort();
  const doubled = await reading;
  const waits = [...sentAt].flatMap(([id, dueAtMs]) => {
    const answeredAt = answers.get(id);
    return answeredAt === undefined ? [] : [{ dueAtMs, ms: answeredAt - dueAtMs }];
  });
  return {
    sent: lines.length,
    requests: sentAt.size,
    answered: waits.length,
    latenciesMs: waits.map(({ ms }) => ms).toSorted((a, b) => a - b),
    waits,
    doubled,
  };
}

/** Publishes `count` records at a fixed rate, each when it is due. */
export async function sendAtRate(
  log: Log,
  clock: Clock,
  rate: number,
  count: number,
  recordOf: (index: number, dueAtMs: number) => OutboundRecord,
): Promise<void> {
  const publisher = log.publisher();
  const startedAt = clock.elapsed();
  const firstAt = clock.now();
  const due = (index: number): OutboundRecord => recordOf(index, firstAt + Math.floor((index * 1000) / rate));
  const pending: Promise<void>[] = [];
  for (let next = 0; next < count;) {
    const until = Math.min(count, Math.ceil(((clock.elapsed() - startedAt) / 1000) * rate));
    const from = next;
    if (until > from) pending.push(publisher.publish(Array.from({ length: until - from }, (_, i) => due(from + i))));
    next = Math.max(next, until);
    await clock.sleep(TICK_MS);
  }
  await Promise.all(pending);
  await publisher.close();
}

function toRecord(plan: Plan, line: string, timestamp: number, sentAt: Map<string, number>): OutboundRecord {
  const event = JSON.parse(line) as Record<string, unknown>;
  const key = event[plan.predict.key];
  const id = String(event['id']);
  if (event['type'] === plan.predict.on) sentAt.set(id, timestamp);
  const text = typeof key === 'string' ? key : null;
  return {
    topic: plan.names.events,
    partition: eventKeyPartition(text, id, plan.topics.partitions),
    key: text,
    value: line,
    timestamp,
  };
}

async function readAnswers(
  plan: Plan,
  source: RecordSource,
  answers: Map<string, number>,
  signal: AbortSignal,
): Promise<number> {
  let doubled = 0;
  let positions = Array.from({ length: plan.topics.partitions }, (_, partition) => ({
    topic: plan.names.predictions,
    partition,
    offset: 0,
  }));
  while (!signal.aborted) {
    const chunks = await source.fetch(positions, LIMITS);
    for (const { records } of chunks) {
      for (const record of records) {
        const { id } = JSON.parse(String(record.value)) as { id: string };
        if (answers.has(id)) doubled++;
        answers.set(id, record.timestamp);
      }
    }
    positions = positions.map((at) => ({
      ...at,
      offset: chunks.find(({ partition }) => partition === at.partition)?.next ?? at.offset,
    }));
  }
  await source.close();
  return doubled;
}
