import { WatchedProcess } from '../watched-process.ts';

const MILLRACE = 'apps/cli/bin/millrace.mjs';

/** The scorer alone, with the topics that it needs. */
export function startScorer(pipeline: string, brokers: string): WatchedProcess {
  return new WatchedProcess([MILLRACE, 'up', pipeline, '--only', 'scorer', '--http', '0'], {
    KAFKA_BROKERS: brokers,
    LOG_LEVEL: 'warn',
  });
}

/** What its lines `scorer <url>` say. */
export function doorsOf({ output }: WatchedProcess): { readonly http: string; readonly grpc: string } {
  const urls = [...output.matchAll(/^scorer (\S+)$/gm)].map(([, url = '']) => url);
  const [http, grpc] = ['http://', 'grpc://'].map((scheme) => urls.find((url) => url.startsWith(scheme)));
  if (http === undefined || grpc === undefined) throw new Error(`the scorer has not both doors:\n${output}`);
  return { http, grpc };
}

/** Batches by why they left, and rows in them, since the process started. */
export interface BatchCounts {
  readonly batches: number;
  readonly rows: number;
  readonly reasons: Readonly<Record<string, number>>;
}

export async function batchCounts(httpUrl: string): Promise<BatchCounts> {
  const text = await (await fetch(`${httpUrl}/metrics`)).text();
  const sumOf = (pattern: RegExp): number =>
    [...text.matchAll(pattern)].reduce((sum, [, value]) => sum + Number(value), 0);
  const reasons: Record<string, number> = {};
  for (const [, labels = '', value] of text.matchAll(/^millrace_scorer_batches_total\{(.*)\} (\S+)$/gm)) {
    const reason = /reason="(\w+)"/.exec(labels)?.[1] ?? '';
    reasons[reason] = (reasons[reason] ?? 0) + Number(value);
  }
  return {
    batches: sumOf(/^millrace_scorer_batch_rows_count\S* (\S+)$/gm),
    rows: sumOf(/^millrace_scorer_batch_rows_sum\S* (\S+)$/gm),
    reasons,
  };
}

/** Between two counts: `12.5 rows (idle 80 %, full 20 %)`. */
export function describeBatches(before: BatchCounts, after: BatchCounts): string {
  const batches = after.batches - before.batches;
  const shares = Object.entries(after.reasons)
    .map(([reason, count]) => [reason, (count - (before.reasons[reason] ?? 0)) / batches] as const)
    .filter(([, share]) => share >= 0.005)
    .map(([reason, share]) => `${reason} ${Math.round(share * 100)} %`);
  return `${((after.rows - before.rows) / batches).toFixed(1)} rows (${shares.join(', ')})`;
}
