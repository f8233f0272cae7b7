import { AppError, isAppError, VERSION } from '@millrace/core';
import { Command, CommanderError } from 'commander';

import { commandsFor, type CommandModule } from './command-list.ts';
import { addConnectionFlags, connectionVariables } from './connection-flags.ts';
import type { CliContext } from './context.ts';

/** 0 done, 2 wrong use, 1 anything else. */
export type ExitCode = 0 | 1 | 2;

/** Behind a command `--version` may be its own. */
const ASKS_VERSION: readonly (string | undefined)[] = ['--version', '-V', '--help', '-h', undefined];

/**
 * Runs a command line. Foreseen errors become a message on stderr; anything else is thrown on: it is a bug.
 *
 * @param args without the program's own name
 */
export async function runProgram(args: readonly string[], outside: CliContext): Promise<ExitCode> {
  const program = new Command('millrace');
  const context: CliContext = {
    ...outside,
    environment: () => ({ ...outside.environment(), ...connectionVariables(program) }),
  };
  assemble(program, context, await commandsFor(args));
  if (ASKS_VERSION.includes(args[0])) program.version(VERSION, '-V, --version', 'print the version');
  try {
    await program.parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    return exitCodeOf(error, context);
  }
}

function assemble(program: Command, context: CliContext, commands: readonly CommandModule[]): void {
  program
    .description('Streaming inference for Kafka: a pipeline file, an ONNX model and events become watched predictions.')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => context.stdout.write(text),
      writeErr: (text) => context.stderr.write(text),
      outputError: (text, write) => write(text.replace(/^error: /, 'millrace: ')),
    })
    .showSuggestionAfterError()
    .showHelpAfterError('--help shows how it is used.');
  addConnectionFlags(program);
  for (const command of commands) command.register(program, context);
}

function exitCodeOf(error: unknown, context: CliContext): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (!isAppError(error)) throw error;
  context.stderr.write(`${messageFor(error)}\n`);
  return error.code === 'WRONG_USE' || error.code === 'NOT_IN_THIS_VERSION' ? 2 : 1;
}

/** Title and detail; a detail of several lines stands by itself. */
function messageFor(error: AppError): string {
  return `millrace: ${error.title} (${error.code}):${error.detail.includes('\n') ? '\n' : ' '}${error.detail}`;
}
