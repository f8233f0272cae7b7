import { msOf } from './checked-quantity.ts';
import type { PipelineFile } from './pipeline-file.ts';
import type { MonitorPlan, OutcomePlan } from './plan.ts';
import type { Problems } from './problems.ts';
import { formatDuration } from './quantity.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/**
 * How long the log has to keep records: state is a replay of the longest feature window (with its pane), of the join's `within`, and of
 * the counts of a monitor's window that is still open; all lag behind the clocks by `retain_late`. The default leaves a
 * day beyond that.
 */
export function retentionMs(
  file: PipelineFile,
  longestMs: number,
  parts: { outcome: OutcomePlan | null; monitor: MonitorPlan },
  problems: Problems,
): number {
  const { everyMs, atMostMs } = parts.monitor.window;
  const spanMs = Math.max(longestMs, parts.outcome?.withinMs ?? 0, everyMs ?? atMostMs);
  const neededMs = spanMs + msOf(file.events?.retain_late, 600_000);
  const chosen = file.topics?.retention;
  const ms = msOf(chosen, Math.max(7 * DAY_MS, spanMs + DAY_MS, neededMs));
  if (ms < neededMs)
    problems.add(['topics', 'retention'], {
      found: String(chosen),
      allowed: `at least ${formatDuration(Math.ceil(neededMs / HOUR_MS) * HOUR_MS)}: the longest over, outcome.within or monitor window (${formatDuration(spanMs)}) and events.retain_late`,
    });
  return ms;
}
