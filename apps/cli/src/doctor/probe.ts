import { readFile } from 'node:fs/promises';

import { AppError, messageOf, type Clock } from '@millrace/core';
import { pseudonymiser } from '@millrace/features';
import type { EventPlan, Plan } from '@millrace/pipeline';
import { headerText, partitionKey, type InboundRecord, type TopicPartition } from '@millrace/records';
import type { FetchPosition, Log, RecordSource } from '@millrace/stream';

import { ok, type Said } from './finding.ts';

const LIMIT_MS = 30_000;
const FETCH = { maxWaitMs: 500, maxBytes: 8 << 20, maxBytesPerPartition: 1 << 20 };

/**
 * Publishes an event of the type that asks for a prediction, under an id of its own and stamped now, and waits for what
 * becomes of it.
 *
 * @param file one JSON object
 * @throws AppError `INPUT_INVALID`; `CHECK_FAILED` where it becomes a dead letter, or nothing within 30 s
 */
export async function probe(plan: Plan, log: Log, clock: Clock, file: string): Promise<Said> {
  const { id, value, answerId } = await eventOf(plan, clock, file);
  const [source, publisher] = [log.source(), log.publisher()];
  try {
    const [positions, at] = [await endsOf(plan, source), { topic: plan.names.events, partition: 0 }];
    const [end] = [...(await source.bounds([at])).values()];
    const startedAt = clock.elapsed();
    const goesOn = (): boolean => clock.elapsed() - startedAt < LIMIT_MS;
    await publisher.publish([{ ...at, key: null, value }]);
    const event = await firstOf(
      source,
      [{ ...at, offset: end?.lastStable ?? 0 }],
      goesOn,
      (record) => record.value?.includes(id) === true,
    );
    const found = await firstOf(source, positions, goesOn, ({ headers }) => isAbout(headers, answerId, event));
    const tookMs = Math.round(clock.elapsed() - startedAt);
    if (found?.topic === plan.names.predictions) return ok(`the event ${id} was answered in ${tookMs} ms`);
    throw new AppError('CHECK_FAILED', found ? refused(found, id) : silent(id));
  } finally {
    await Promise.allSettled([source.close(), publisher.close()]);
  }
}

/** With the id that its prediction has: its pseudonym, where ids have some. */
async function eventOf(
  plan: Plan,
  clock: Clock,
  file: string,
): Promise<{ readonly id: string; readonly value: string; readonly answerId: string }> {
  const { type, id, time } = plan.events.find((event) => event.type === plan.predict.on) as EventPlan;
  const own = `doctor-${Math.floor(clock.random() * 2 ** 52).toString(36)}`;
  const given = await objectIn(file);
  if (id === null || time === null)
    throw new AppError(
      'INPUT_INVALID',
      `${type} has its id or time in headers; a probe needs fields (events.${type}.id, .time).`,
    );
  const at = typeof given[time] === 'number' ? clock.now() : new Date(clock.now()).toISOString();
  const { id: answerId } = pseudonymiser(plan)({ id: own, payload: {} }, id);
  return { id: own, value: JSON.stringify({ ...given, type, [id]: own, [time]: at }), answerId };
}

async function objectIn(file: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    const value: unknown = JSON.parse(await readFile(file, 'utf8'));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
    throw new TypeError('found JSON that is no object');
  } catch (error) {
    throw new AppError('INPUT_INVALID', `${file}: ${messageOf(error)}; needed is one event, a JSON object.`, {
      cause: error,
    });
  }
}

async function endsOf({ names, topics }: Plan, source: RecordSource): Promise<FetchPosition[]> {
  const partitions: TopicPartition[] = [names.predictions, names.dlq].flatMap((topic) =>
    Array.from({ length: topics.partitions }, (_, partition) => ({ topic, partition })),
  );
  const bounds = await source.bounds(partitions);
  return partitions.map((at) => ({ ...at, offset: bounds.get(partitionKey(at))?.lastStable ?? 0 }));
}

/** A prediction has the event's id, or what stands for it; a dead letter has its place. */
function isAbout(headers: InboundRecord['headers'], id: string, event: InboundRecord | null): boolean {
  if (headerText(headers, 'millrace-code') === undefined) return headerText(headers, 'ce_id') === id;
  const place = ['topic', 'partition', 'offset'].map((name) => headerText(headers, `millrace-${name}`));
  return event !== null && place.join() === [event.topic, event.partition, event.offset].join();
}

async function firstOf(
  source: RecordSource,
  positions: readonly FetchPosition[],
  goesOn: () => boolean,
  isIt: (record: InboundRecord) => boolean,
): Promise<InboundRecord | null> {
  const next = new Map(positions.map((at) => [partitionKey(at), at]));
  while (goesOn()) {
    for (const chunk of await source.fetch([...next.values()], FETCH)) {
      const found = chunk.records.find(isIt);
      if (found) return found;
      const { topic, partition } = chunk;
      next.set(partitionKey(chunk), { topic, partition, offset: chunk.next });
    }
  }
  return null;
}

function refused({ headers }: InboundRecord, id: string): string {
  return `the event ${id} became a dead letter: ${headerText(headers, 'millrace-code')}, ${headerText(headers, 'millrace-reason')}`;
}

function silent(id: string): string {
  return `nothing became of the event ${id} within ${LIMIT_MS / 1000} s. Do all four services run (/health/ready)? How far are they behind?`;
}
