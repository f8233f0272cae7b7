import { loadPlan, PSEUDONYM_KEY, type Plan } from '@millrace/pipeline';

import type { CliContext } from './context.ts';
import { DEFAULT_PIPELINE } from './pipeline-argument.ts';

/** With the key of the environment: whoever needs it says so where it is not set. */
export function loadPipeline({ environment }: Pick<CliContext, 'environment'>): CliContext['loadPlan'] {
  return (pipeline = DEFAULT_PIPELINE): Promise<Plan> => loadPlan(pipeline, environment()[PSEUDONYM_KEY]);
}
