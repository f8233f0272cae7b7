import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

import type { Clock } from '@millrace/core';
import type { Plan } from '@millrace/pipeline';
import { eventKeyPartition, type OutboundRecord } from '@millrace/records';
import type { Log } from '@millrace/stream';

import { joinAnswers, type Answer, type JoinedAnswers, type Question } from './join-answers.ts';
import { CommittedReader } from './stream/committed-reader.ts';

const TICK_MS = 5;
/** For how long nothing may come before what is missing is lost. */
const PATIENCE_MS = 10_000;
/** For how long a duplicate may still come when all is answered. */
const SETTLED_MS = 2000;

export interface OpenLoopResult extends JoinedAnswers {
  readonly sent: number;
  readonly requests: number;
  readonly answered: number;
  /** From the timestamp of the event's record to that of its prediction's, sorted, in milliseconds. */
  readonly latenciesMs: readonly number[];
}

/** The first events of a file of JSON Lines with gzip. */
export function readEvents(file: string, count?: number): readonly string[] {
  return gunzipSync(readFileSync(file)).toString('utf8').trimEnd().split('\n').slice(0, count);
}

/**
 * Publishes events at a fixed rate, whatever comes back, and joins the predictions to them; ends when all are answered, or
 * nothing has come for 10 s. Each record is stamped with the time at which it was due: so a stall cannot hide by slowing
 * the questions (coordinated omission).
 *
 * @param stop ends the sending before all are sent
 */
export async function openLoop(
  plan: Plan,
  log: Log,
  clock: Clock,
  lines: readonly string[],
  rate: number,
  stop?: AbortSignal,
): Promise<OpenLoopResult> {
  const asked = new Map<string, Question>();
  const answers: Answer[] = [];
  const sending = new AbortController();
  const reader = new CommittedReader(log.source(), plan.names.predictions, plan.topics.partitions);
  await reader.toEnd();
  const reading = readAnswers(reader, clock, answers, sending.signal);
  const recordOf = (i: number, dueAtMs: number): OutboundRecord => toRecord(plan, lines[i] ?? '', dueAtMs, asked);
  const sent = await sendAtRate(log, clock, rate, lines.length, recordOf, stop);
  const endedAt = clock.now();
  const patienceMs = (): number => (answers.length < asked.size ? PATIENCE_MS : SETTLED_MS);
  const lastAt = (): number => Math.max(endedAt, answers.at(-1)?.seenAt ?? 0);
  while (clock.now() < lastAt() + patienceMs()) await clock.sleep(100);
  sending.abort();
  await reading;
  const joined = joinAnswers(asked, answers);
  const latenciesMs = joined.waits.map(({ ms }) => ms).toSorted((a, b) => a - b);
  return { sent, requests: asked.size, answered: joined.waits.length, latenciesMs, ...joined };
}

/** Publishes `count` records at a fixed rate, each when it is due, or as many as are due before `stop`. @returns how many */
export async function sendAtRate(
  log: Log,
  clock: Clock,
  rate: number,
  count: number,
  recordOf: (index: number, dueAtMs: number) => OutboundRecord,
  stop?: AbortSignal,
): Promise<number> {
  const publisher = log.publisher();
  const startedAt = clock.elapsed();
  const firstAt = clock.now();
  const due = (index: number): OutboundRecord => recordOf(index, firstAt + Math.floor((index * 1000) / rate));
  const pending: Promise<void>[] = [];
  let next = 0;
  const isOver = (): boolean => next === count || stop?.aborted === true;
  while (!isOver()) {
    const until = Math.min(count, Math.ceil(((clock.elapsed() - startedAt) / 1000) * rate));
    const from = next;
    if (until > from) pending.push(publisher.publish(Array.from({ length: until - from }, (_, i) => due(from + i))));
    next = Math.max(next, until);
    await clock.sleep(TICK_MS);
  }
  await Promise.all(pending);
  await publisher.close();
  return next;
}

function toRecord(plan: Plan, line: string, timestamp: number, asked: Map<string, Question>): OutboundRecord {
  const event = JSON.parse(line) as Record<string, unknown>;
  const key = event[plan.predict.key];
  const id = String(event['id']);
  const text = typeof key === 'string' ? key : null;
  if (event['type'] === plan.predict.on) asked.set(id, { dueAtMs: timestamp, key: text });
  return {
    topic: plan.names.events,
    partition: eventKeyPartition(text, id, plan.topics.partitions),
    key: text,
    value: line,
    timestamp,
  };
}

async function readAnswers(
  reader: CommittedReader,
  clock: Clock,
  answers: Answer[],
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const records = await reader.read();
    const seenAt = clock.now();
    for (const { value, timestamp } of records) {
      const { id } = JSON.parse(String(value)) as { id: string };
      answers.push({ id, at: timestamp, seenAt });
    }
  }
  await reader.close();
}
