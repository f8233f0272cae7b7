import { BATCH_RECORDS, SHORT_SECONDS } from './boundaries.ts';
import { counter, gauge, histogram } from './metric-row.ts';

export const SCORER_METRICS = {
  millrace_scorer_batches_total: counter(
    'batches',
    ['reason'],
    'micro-batches, by the `reason` they left: `idle`, `full`, `due`',
  ),
  millrace_scorer_batch_rows: histogram('rows', BATCH_RECORDS, [], 'rows in a micro-batch'),
  millrace_scorer_batch_wait_seconds: histogram(
    'seconds',
    SHORT_SECONDS,
    [],
    "how long a batch's oldest row had waited when it left",
  ),
  millrace_scorer_batch_seconds: histogram('seconds', SHORT_SECONDS, [], 'how long the model worked on a batch'),
  millrace_scorer_batch_age_seconds: histogram(
    'seconds',
    SHORT_SECONDS,
    [],
    "how old a batch's oldest row was when its results were there",
  ),
  millrace_scorer_requests_total: counter(
    'requests',
    ['door', 'model', 'code'],
    'requests to infer, by `door` (`rest`, `grpc`), `model` (empty: there is none of that name) and `code`: `OK`, or of [errors](errors.md); those that were turned away before a model was looked up are not counted',
  ),
  millrace_scorer_request_seconds: histogram(
    'seconds',
    SHORT_SECONDS,
    ['door', 'model'],
    'from a request until its answer was ready',
  ),
  millrace_scorer_row_wait_seconds: histogram(
    'seconds',
    SHORT_SECONDS,
    ['source'],
    "from a row's arrival until its batch left, by `source`: `topic`, `rest`, `grpc`",
  ),
  millrace_scorer_queue_rows: gauge('rows', ['source'], 'rows that wait for a batch'),
  millrace_scorer_dropped_rows_total: counter(
    'rows',
    ['source', 'why'],
    'rows of doors that were not computed, by `why`: `refused` (too many wait), `expired`, `cancelled`',
  ),
  millrace_scorer_cache_rows_total: counter(
    'rows',
    ['found'],
    'rows that were looked for in the [cache of answers](models.md#answers-that-are-kept), by what was `found`: `hit`, `miss`',
  ),
  millrace_scorer_cache_evictions_total: counter(
    'answers',
    [],
    'answers that went before their time, for want of room',
  ),
  millrace_scorer_cache_bytes: gauge(
    'bytes',
    ['model', 'version'],
    'what the cache of a version takes; absent where `predict.cache` is not set',
  ),
  millrace_scorer_workers_lost_total: counter(
    'workers',
    [],
    'worker threads that died or hung, and were replaced by new ones',
  ),
  millrace_scorer_model_info: gauge(
    '1',
    ['model', 'version', 'provider'],
    '1 for each version that is loaded, with the execution provider that runs it: two while the champion is switched',
  ),
  millrace_scorer_refused_providers: gauge(
    '1',
    ['model', 'version', 'provider'],
    '1 for each execution provider that `predict.providers` prefers and that does not run a version that is loaded: a fallback does; absent where there is none',
  ),
} as const;
