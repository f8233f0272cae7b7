import type { Command } from 'commander';

import * as asyncapi from './commands/asyncapi.ts';
import * as batch from './commands/batch.ts';
import * as bench from './commands/bench.ts';
import * as check from './commands/check.ts';
import * as dlq from './commands/dlq.ts';
import * as doctor from './commands/doctor.ts';
import * as features from './commands/features.ts';
import * as init from './commands/init.ts';
import * as model from './commands/model.ts';
import * as monitor from './commands/monitor.ts';
import * as replay from './commands/replay.ts';
import * as tail from './commands/tail.ts';
import * as up from './commands/up.ts';
import type { CliContext } from './context.ts';

/** What a file of `commands/` exports. */
export interface CommandModule {
  register(program: Command, context: CliContext): void;
}

/** In the order of the help. */
export const COMMANDS: readonly CommandModule[] = [
  init,
  up,
  check,
  replay,
  tail,
  features,
  batch,
  dlq,
  model,
  monitor,
  doctor,
  bench,
  asyncapi,
];
