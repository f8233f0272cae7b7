import type { Command } from 'commander';

import type { CliContext } from '../context.ts';
import { registerAdd } from './model-add.ts';
import { registerAlias } from './model-alias.ts';
import { registerCompare } from './model-compare.ts';
import { registerList } from './model-list.ts';
import { registerProfile } from './model-profile.ts';
import { registerVerify } from './model-verify.ts';

/** `millrace model …` */
export function register(program: Command, context: CliContext): void {
  const model = program.command('model').description('the registry of models');
  registerList(model, context);
  registerAdd(model, context);
  registerAlias(model, context);
  registerVerify(model, context);
  registerProfile(model, context);
  registerCompare(model, context);
}
