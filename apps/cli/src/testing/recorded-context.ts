import { SystemClock } from '@millrace/core';

import type { CliContext, Environment } from '../context.ts';
import { loadPipeline } from '../load-pipeline.ts';

/** A context that keeps what a command prints. */
export interface RecordedContext extends CliContext {
  readonly out: () => string;
  readonly err: () => string;
}

export function recordedContext(environment: Environment = {}): RecordedContext {
  const out: string[] = [];
  const err: string[] = [];
  return {
    stdout: { write: (text) => void out.push(text), isTerminal: false },
    stderr: { write: (text) => void err.push(text), isTerminal: false },
    clock: new SystemClock(),
    signal: new AbortController().signal,
    environment: () => environment,
    loadPlan: loadPipeline({ environment: () => environment }),
    out: () => out.join(''),
    err: () => err.join(''),
  };
}
