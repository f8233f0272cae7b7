import { partitionCount } from '@millrace/stream';

import { assertNoOpenPromise } from '../replay/assert-no-open-promise.ts';
import { AnswerBook } from './answer-book.ts';
import { AnswerReader } from './answer-reader.ts';
import { assertServices } from './assert-services.ts';
import type { BenchOptions } from './bench-options.ts';
import { benchResult, type BenchResult } from './bench-result.ts';
import { assertAsks } from './looped-events.ts';
import { OpenLoop } from './open-loop.ts';
import { OwnEvents } from './own-events.ts';

const PROGRESS_MS = 250;

/**
 * Sends events at a fixed rate to a running pipeline, and sees what becomes of each. The rate does not wait for answers,
 * and latency counts from when an event was due.
 *
 * @throws AppError `INPUT_INVALID`, `TOPIC_MISSING`, `NOT_RUNNING`, `PROMISE_OPEN`, and what the log throws
 */
export async function runBench(options: BenchOptions): Promise<BenchResult> {
  const { plan, log, clock } = options;
  await assertAsks(options.events(), plan);
  const partitions = await partitionCount(log, plan.names.events);
  await assertServices(log, plan);
  await assertNoOpenPromise(log, plan, partitions, clock);
  const book = new AnswerBook();
  const own = new OwnEvents(plan, partitions, runId(options), clock.now());
  const reader = new AnswerReader(options, own.ceSource, book);
  try {
    await reader.open();
    return await measure(options, new OpenLoop(options, own, book), reader, book);
  } finally {
    await reader.close();
  }
}

async function measure(
  options: BenchOptions,
  loop: OpenLoop,
  reader: AnswerReader,
  book: AnswerBook,
): Promise<BenchResult> {
  const failed = new AbortController();
  const guarded = <T>(work: Promise<T>): Promise<T> =>
    work.catch((error: unknown) => {
      failed.abort();
      throw error;
    });
  await Promise.all([
    guarded(loop.run(AbortSignal.any([options.signal, failed.signal]))),
    guarded(readAnswers(options, loop, reader, book, failed.signal)),
  ]);
  return benchResult(loop, book);
}

/** Until all requests are settled and nothing more comes, or nothing has come for the grace time. */
async function readAnswers(
  { clock, graceMs, onProgress }: BenchOptions,
  loop: OpenLoop,
  reader: AnswerReader,
  book: AnswerBook,
  failed: AbortSignal,
): Promise<void> {
  let [heardMs, toldMs] = [clock.elapsed(), clock.elapsed()];
  while (!failed.aborted) {
    const waited = book.waiting;
    const came = await reader.read();
    const nowMs = clock.elapsed();
    if (book.waiting < waited || loop.endedMs === null) heardMs = nowMs;
    if (loop.endedMs !== null && (book.waiting === 0 ? came === 0 : nowMs - heardMs >= graceMs)) return;
    if (nowMs - toldMs < PROGRESS_MS) continue;
    toldMs = nowMs;
    const { requests, waiting } = book;
    onProgress?.({ events: loop.events, requests, answered: book.latenciesMs.length, waiting });
  }
}

function runId({ clock }: BenchOptions): string {
  return `bench-${clock.now().toString(36)}${Math.floor(clock.random() * 36 ** 4).toString(36)}`;
}
