import { msOf } from './checked-quantity.ts';
import type { PipelineFile } from './pipeline-file.ts';
import type { OutcomePlan } from './plan.ts';
import { formatDuration } from './quantity.ts';
import type { Problems } from './problems.ts';

const DAY_MS = 86_400_000;

/**
 * How long the log has to keep records: state is a replay of the longest window, and a join is one of `within`; both
 * lag behind the clocks by `retain_late`. The default leaves a day beyond that.
 */
export function retentionMs(file: PipelineFile, longestMs: number, outcome: OutcomePlan | null, problems: Problems): number {
  const spanMs = Math.max(longestMs, outcome?.withinMs ?? 0);
  const neededMs = spanMs + msOf(file.events?.retain_late, 600_000);
  const chosen = file.topics?.retention;
  const ms = msOf(chosen, Math.max(7 * DAY_MS, spanMs + DAY_MS, neededMs));
  if (ms < neededMs)
    problems.add(['topics', 'retention'], { found: String(chosen), allowed: `at least ${formatDuration(neededMs)}: the longest over or within (${formatDuration(spanMs)}) and events.retain_late` });
  return ms;
}
