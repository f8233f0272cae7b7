import { AppError } from '@millrace/core';
import { hiddenFields, type Plan } from '@millrace/pipeline';
import type { Headers, InboundRecord } from '@millrace/records';
import { type Log, readTopic } from '@millrace/stream';

import { deadLetterView, masked, originOf, type DeadLetterView } from './dead-letter-view.ts';
import { HIDDEN, payloadView, type PayloadView } from './payload-view.ts';
import { readRecord } from './read-record.ts';
import type { RecordPlace } from './record-reader.ts';

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
export async function readDetail(log: Log, place: RecordPlace, plan: Plan): Promise<DeadLetterDetail> {
  const letter = await readRecord(log, place);
  if (!letter)
    throw new AppError(
      'WRONG_USE',
      `${place.topic} has no record at ${place.partition}:${place.offset}. millrace dlq list shows what there is.`,
    );
  const view = deadLetterView(letter);
  const hidden = hiddenFields(plan);
  const headers = shownHeaders(letter.headers, [...hidden, ...(hidesId(plan) ? ['id'] : [])]);
  const bytes = (await originBytes(log, view)) ?? letter.value;
  return { ...masked(view, plan), headers, event: bytes && payloadView(bytes, hidden) };
}

/** Whether ids of events are pseudonyms: what a header says of them is no one's to read. */
function hidesId({ events, pseudonyms }: Plan): boolean {
  return events.some(({ id }) => id !== null && pseudonyms.fields.includes(id));
}

/** A header carries a sensitive field under its name, or as an attribute of CloudEvents. */
function shownHeaders(headers: Headers, sensitive: readonly string[]): Readonly<Record<string, string | null>> {
  const hidden = new Set(sensitive.flatMap((field) => [field.toLowerCase(), `ce_${field.toLowerCase()}`]));
  return Object.fromEntries(
    headers.map(([name, value]) => [name, hidden.has(name.toLowerCase()) ? HIDDEN : (value?.toString('utf8') ?? null)]),
  );
}

/** Null: the log no longer has it. */
async function originBytes(log: Log, view: DeadLetterView): Promise<Buffer | null> {
  const origin = originOf(view);
  const found: InboundRecord | null = origin && (await readRecord(log, origin));
  return found?.value ?? null;
}
