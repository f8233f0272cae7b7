import type { Clock } from '@millrace/core';
import type { Plan } from '@millrace/pipeline';

/** Where text goes. */
export interface Output {
  write(text: string): void;
  /** Progress is shown on terminals only. */
  readonly isTerminal: boolean;
}

/** What a command works with: everything that comes from outside the process. */
export interface CliContext {
  /** Results. */
  readonly stdout: Output;
  /** Progress, notes and errors. */
  readonly stderr: Output;
  readonly clock: Clock;
  /** Aborted by Ctrl-C and SIGTERM: stop, and clean up. */
  readonly signal: AbortSignal;
  /** Environment variables, with the connection flags of the command line over them (`--kafka-brokers` is `KAFKA_BROKERS`). */
  environment(): Environment;
  /**
   * Loads PIPELINE; without one, `./pipeline.yaml`.
   *
   * @throws AppError `PIPELINE_NOT_FOUND`, `PIPELINE_INVALID`, `NOT_IN_THIS_VERSION`, `CONFIG_INVALID`
   */
  loadPlan(pipeline?: string): Promise<Plan>;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** A line of results. */
export function printLine(context: CliContext, text: string): void {
  context.stdout.write(`${text}\n`);
}

/** What `--json` prints: one document. */
export function printJson(context: CliContext, value: unknown): void {
  printLine(context, JSON.stringify(value, null, 2));
}

/** A line for people that is no result. */
export function note(context: CliContext, text: string): void {
  context.stderr.write(`${text}\n`);
}
