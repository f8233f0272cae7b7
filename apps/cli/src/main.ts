import { SystemClock } from '@millrace/core';

import type { CliContext, Output } from './context.ts';
import { processEnvironment } from './environment.ts';
import { loadPipeline } from './load-pipeline.ts';
import { runProgram } from './program.ts';

/** The process of `millrace …`. */
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    // asked twice: at once
    if (stop.signal.aborted) process.exit(130);
    stop.abort(signal);
  });
}
// a reader that went away, such as `head`, ends the command and is no error
process.stdout.on('error', () => process.exit(0));

const context: CliContext = {
  stdout: output(process.stdout),
  stderr: output(process.stderr),
  clock: new SystemClock(),
  signal: stop.signal,
  environment: processEnvironment,
  loadPlan: loadPipeline({ environment: processEnvironment }),
};

const code = await runProgram(process.argv.slice(2), context);
await flushed(process.stdout);
process.exit(code);

function output(stream: NodeJS.WriteStream): Output {
  return { write: (text) => void stream.write(text), isTerminal: stream.isTTY };
}

/** `process.exit` cuts what a pipe has not taken yet. */
function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => stream.write('', () => resolve()));
}
