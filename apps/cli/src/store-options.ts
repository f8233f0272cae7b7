import type { StoreOptions } from '@millrace/inference';
import { readConfig } from '@millrace/platform';

import type { CliContext } from './context.ts';

/** What the environment says of stores of models. */
export function storeOptions(context: CliContext): StoreOptions {
  return { settings: readConfig(context.environment()).modelStore, clock: context.clock };
}
