import { AGE_SECONDS, BATCH_RECORDS, LATENCY_SECONDS } from './boundaries.ts';
import { counter, gauge, histogram } from './metric-row.ts';

/** What the engine of every service says: rate, errors and durations, and how far it is behind. */
export const STAGE_METRICS = {
  millrace_stage_records_total: counter('records', ['stage'], 'records processed and committed'),
  millrace_stage_outputs_total: counter('records', ['stage'], 'records written'),
  millrace_stage_transactions_total: counter('transactions', ['stage'], 'transactions committed'),
  millrace_stage_dead_letters_total: counter(
    'records',
    ['stage', 'code'],
    'records given up, by `code` of [errors](errors.md)',
  ),
  millrace_stage_errors_total: counter(
    'errors',
    ['stage', 'action'],
    'by `action`: `retry`, `rejoin` (passing), `bisect` (a bad record is looked for), `fatal`',
  ),
  millrace_stage_abandoned_records_total: counter(
    'records',
    ['stage'],
    'records of transactions that did not commit; they came again',
  ),
  millrace_stage_restored_records_total: counter('records', ['stage'], 'records read to restore state'),
  millrace_stage_latency_seconds: histogram(
    'seconds',
    LATENCY_SECONDS,
    ['stage'],
    "from a record's timestamp to the commit of what it led to: what this hop took",
  ),
  millrace_stage_event_latency_seconds: histogram(
    'seconds',
    AGE_SECONDS,
    ['stage'],
    "from an event's own time to the commit of what it led to here: all hops so far, and what came before them. Of the scorer it is how old the requests are that predictions answer. An event that is stamped ahead counts as 0; in a replay it is the age of the data",
  ),
  millrace_stage_queue_wait_seconds: histogram(
    'seconds',
    LATENCY_SECONDS,
    ['stage'],
    'the part of `millrace_stage_latency_seconds` before the record was taken',
  ),
  millrace_stage_process_seconds: histogram(
    'seconds',
    LATENCY_SECONDS,
    ['stage'],
    'processing the records of one transaction',
  ),
  millrace_stage_commit_seconds: histogram(
    'seconds',
    LATENCY_SECONDS,
    ['stage'],
    'one transaction, which begins when its records are processed: sending and committing',
  ),
  millrace_stage_batch_records: histogram('records', BATCH_RECORDS, ['stage'], 'records in one transaction'),
  millrace_stage_lag_records: gauge(
    'records',
    ['stage', 'topic', 'partition'],
    'records that wait in a partition of this instance',
  ),
  millrace_stage_lag_seconds: gauge(
    'seconds',
    ['stage', 'topic', 'partition'],
    'age of the oldest record there that is not committed; 0: none waits; absent: one waits and has not been fetched',
  ),
  millrace_stage_joined: gauge('1', ['stage'], '1 while the instance is a member of its group'),
  millrace_stage_assigned_partitions: gauge('partitions', ['stage'], 'partitions that it has'),
  millrace_stage_restoring_tasks: gauge('tasks', ['stage'], 'of these, tasks whose state is being restored'),
  millrace_stage_last_commit_age_seconds: gauge(
    'seconds',
    ['stage'],
    'since the latest commit; absent before the first',
  ),
} as const;
