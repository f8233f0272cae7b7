import { AppError } from '@millrace/core';
import { EventsOutOfOrder, measureDisorder, offlineFeatures, type FeatureRow } from '@millrace/features';
import type { Plan } from '@millrace/pipeline';

import { note, type CliContext } from '../context.ts';
import type { EventLine } from '../events/event-line.ts';
import { readEventBatches } from '../events/read-events.ts';
import { LeftOut } from '../offline/left-out.ts';
import { OfflineProgress } from '../offline/offline-progress.ts';

/** A request of a file of events: its features, and what became of it. */
export interface LabelledRequest {
  readonly id: string;
  readonly vector: Float32Array;
  /** Null: none came within `outcome.within`, or the pipeline has no outcome. */
  readonly label: number | null;
}

interface Found {
  readonly label: number;
  readonly at: number;
}

/**
 * All requests of a file, with their labels: joined as the monitor joins them, the first outcome of an id. They are in
 * memory together.
 *
 * @throws AppError `INPUT_INVALID` where there is none, or the file cannot be read
 */
export async function labelledRequests(
  plan: Plan,
  file: string,
  context: CliContext,
): Promise<readonly LabelledRequest[]> {
  const progress = new OfflineProgress(context);
  const events = (what: string): AsyncIterable<readonly EventLine[]> =>
    progress.events(untilInterrupted(readEventBatches(file, plan), context.signal), what);
  try {
    return await read(plan, file, context, events);
  } finally {
    progress.end();
  }
}

async function read(
  plan: Plan,
  file: string,
  context: CliContext,
  events: (what: string) => AsyncIterable<readonly EventLine[]>,
): Promise<readonly LabelledRequest[]> {
  const take = (disorderMs: number): Promise<Taken> => takeAll(plan, events('computing'), disorderMs);
  const { rows, outcomes, leftOut } = await take(0).catch(async (error: unknown) => {
    if (!(error instanceof EventsOutOfOrder)) throw error;
    return take(await measureDisorder(plan, events('looking at the order')));
  });
  for (const line of leftOut.notes()) note(context, line);
  if (rows.length === 0)
    throw new AppError('INPUT_INVALID', `${file} has no ${plan.predict.on} that is sound: there is nothing to score.`);
  const withinMs = plan.outcome?.withinMs ?? 0;
  return rows.map(({ id, at, vector }) => {
    const found = outcomes.get(id);
    return { id, vector, label: found && Math.abs(found.at - at) <= withinMs ? found.label : null };
  });
}

interface Taken {
  readonly rows: readonly FeatureRow[];
  readonly outcomes: ReadonlyMap<string, Found>;
  readonly leftOut: LeftOut;
}

async function takeAll(plan: Plan, events: AsyncIterable<readonly EventLine[]>, disorderMs: number): Promise<Taken> {
  const leftOut = new LeftOut();
  const outcomes = new Map<string, Found>();
  const vectors = offlineFeatures(plan, events, {
    disorderMs,
    onRejected: (error, { line }) => leftOut.add(error, line),
    onOutcome: ({ id, label }, at) => void (outcomes.has(id) || outcomes.set(id, { label, at })),
  });
  const rows: FeatureRow[] = [];
  for await (const row of vectors) rows.push(row);
  return { rows, outcomes, leftOut };
}

async function* untilInterrupted<T>(items: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T> {
  for await (const item of items) {
    if (signal.aborted) throw new AppError('INTERRUPTED', 'nothing is compared.');
    yield item;
  }
}
