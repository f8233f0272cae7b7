import { AppError } from '@millrace/core';
import type { Command } from 'commander';

import type { CliContext } from '../context.ts';
import { registerAdd } from './model-add.ts';
import { registerCompare } from './model-compare.ts';
import { registerList } from './model-list.ts';
import { registerProfile } from './model-profile.ts';
import { registerVerify } from './model-verify.ts';

const LATER = ['alias'];

/** `millrace model …` */
export function register(program: Command, context: CliContext): void {
  const model = program.command('model').description('the registry of models');
  registerList(model, context);
  registerAdd(model, context);
  registerVerify(model, context);
  registerProfile(model, context);
  registerCompare(model, context);
  for (const name of LATER) {
    model
      .command(name)
      .description('(not in this version)')
      .argument('[args...]')
      .allowUnknownOption()
      .action(() => {
        throw new AppError(
          'NOT_IN_THIS_VERSION',
          `millrace model ${name} comes later. millrace model --help lists what there is.`,
        );
      });
  }
}
