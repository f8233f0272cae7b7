import { readConfig, type PlatformConfig } from '@millrace/platform';

import type { CliContext } from './context.ts';

/** How the environment says that models are run. */
export function modelRun(context: CliContext): PlatformConfig['modelRun'] {
  return readConfig(context.environment()).modelRun;
}
