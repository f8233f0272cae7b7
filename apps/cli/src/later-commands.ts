import { AppError } from '@millrace/core';
import type { Command } from 'commander';

const LATER = [['bench', 'load against a running pipeline']] as const;

/** Commands that are known and come later: they say so. */
export function registerLater(program: Command): void {
  for (const [name, description] of LATER) {
    program
      .command(name)
      .description(`${description} (not in this version)`)
      .argument('[args...]')
      .allowUnknownOption()
      .action(() => {
        throw new AppError('NOT_IN_THIS_VERSION', `millrace ${name} comes later. millrace --help lists what there is.`);
      });
  }
}
