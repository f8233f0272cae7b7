/** The command line: `millrace …`. */
export { note, printJson, printLine, type CliContext, type Environment, type Output } from './context.ts';
export { runProgram, type ExitCode } from './program.ts';
