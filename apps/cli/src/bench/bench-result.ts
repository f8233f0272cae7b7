import type { AnswerBook } from './answer-book.ts';
import { latencySummary, type LatencySummary } from './latency-summary.ts';
import type { OpenLoop } from './open-loop.ts';

/** What `--json` prints. */
export interface BenchResult {
  /** Sent, and acknowledged by the log. */
  readonly events: number;
  readonly requests: number;
  readonly answered: number;
  /** Requests with neither an answer nor a dead letter. */
  readonly lost: number;
  /** Predictions of a request that was answered before. */
  readonly doubled: number;
  /** By code, of requests and other events. */
  readonly dead_letters: Readonly<Record<string, number>>;
  /** Until the last event was acknowledged. */
  readonly sent_per_s: number;
  /** Until the last answer. */
  readonly answered_per_s: number;
  /** From when an event was due until its prediction was read here. */
  readonly latency_ms: LatencySummary;
}

export function benchResult({ events, startedMs, endedMs }: OpenLoop, book: AnswerBook): BenchResult {
  const answered = book.latenciesMs.length;
  return {
    events,
    requests: book.requests,
    answered,
    lost: book.waiting,
    doubled: book.doubled,
    dead_letters: book.deadLetters,
    sent_per_s: perSecond(events, (endedMs ?? startedMs) - startedMs),
    answered_per_s: perSecond(answered, (book.lastAnswerMs ?? startedMs) - startedMs),
    latency_ms: latencySummary(book.latenciesMs),
  };
}

function perSecond(count: number, tookMs: number): number {
  return tookMs > 0 ? Math.round((count * 10_000) / tookMs) / 10 : 0;
}
