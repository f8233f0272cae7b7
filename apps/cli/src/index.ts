/** The command line: `millrace …`. */
export { note, printJson, printLine, type CliContext, type Environment, type Output } from './context.ts';
export type { EventLine } from './events/event-line.ts';
export { readEvents } from './events/read-events.ts';
export { replayEvents, type ReplayOptions } from './replay/replay-events.ts';
export type { ReplayProgress } from './replay/replay-options.ts';
export { runProgram, type ExitCode } from './program.ts';
