import { AppError, isAppError } from '@millrace/core';
import type { InboundRecord, TopicPartition } from '@millrace/records';
import type { Log } from '@millrace/stream';

import { deadLetterView, originOf, type DeadLetterView } from './dead-letter-view.ts';
import { payloadView, type PayloadView } from './payload-view.ts';
import { readRecord } from './read-record.ts';
import { readTopic } from './read-topic.ts';

/** What `dlq show` says about a dead letter's event. */
export interface DeadLetterDetail extends DeadLetterView {
  readonly headers: Readonly<Record<string, string | null>>;
  /** From `<p>.events`, else what the letter kept; null: neither has it any more. */
  readonly event: PayloadView | null;
}

/** All dead letters that are there, as they were written. */
export async function readLetters(log: Log, topic: string, signal: AbortSignal): Promise<readonly DeadLetterView[]> {
  const letters: DeadLetterView[] = [];
  for await (const record of readTopic(log, { topic, from: 'beginning', until: 'end', signal }))
    letters.push(deadLetterView(record));
  return letters.toSorted((a, b) => (a.written_at < b.written_at ? -1 : a.written_at > b.written_at ? 1 : 0));
}

/** @throws AppError `WRONG_USE` when there is no such dead letter */
export async function readDetail(
  log: Log,
  place: TopicPartition & { readonly offset: number },
  sensitive: readonly string[],
): Promise<DeadLetterDetail> {
  const letter = await readRecord(log, place);
  if (!letter)
    throw new AppError(
      'WRONG_USE',
      `${place.topic} has no record at ${place.partition}:${place.offset}. millrace dlq list shows what there is.`,
    );
  const view = deadLetterView(letter);
  const headers = Object.fromEntries(letter.headers.map(([name, value]) => [name, value?.toString('utf8') ?? null]));
  const bytes = (await originBytes(log, view)) ?? letter.value;
  return { ...view, headers, event: bytes && payloadView(bytes, sensitive) };
}

/** Null: the log no longer has it. */
async function originBytes(log: Log, view: DeadLetterView): Promise<Buffer | null> {
  const origin = originOf(view);
  const found: InboundRecord | null = origin && (await readRecord(log, origin).catch(gone));
  return found?.value ?? null;
}

function gone(error: unknown): null {
  if (isAppError(error, 'TOPIC_MISSING')) return null;
  throw error;
}
