import { asyncApi } from '@millrace/pipeline';
import type { Command } from 'commander';

import { printJson, type CliContext } from '../context.ts';

/** `millrace asyncapi [PIPELINE]` */
export function register(program: Command, context: CliContext): void {
  program
    .command('asyncapi')
    .description('prints an AsyncAPI 3.0 document of the topics that users write and read, as JSON')
    .argument('[PIPELINE]', 'pipeline file (default: ./pipeline.yaml)')
    .action(async (pipeline: string | undefined) => printJson(context, asyncApi(await context.loadPlan(pipeline))));
}
