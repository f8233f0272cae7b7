import { AppError } from '@millrace/core';
import { StageRunner, type Stage, type StageOutput, type StageRunnerOptions } from '@millrace/stream';
import { Server, type CustomTransportStrategy, type MessageHandler } from '@nestjs/microservices';
import { isObservable, lastValueFrom } from 'rxjs';

import { STREAM } from './consumes.ts';
import { dispatched } from './dispatch.ts';
import type { RecordBatch } from './record-batch.ts';
import type { TopicRoles } from './topic-roles.ts';

export interface StreamTransportOptions {
  readonly stage: Stage;
  readonly roles: TopicRoles;
  /** Everything that the runner needs but the stage. */
  readonly runner: Omit<StageRunnerOptions, 'stage'>;
  /** Before the runner begins. */
  readonly prepare?: (signal: AbortSignal) => Promise<void>;
  /** The runner ended with this error; it does not come back. */
  readonly onFailed: (error: unknown) => void;
}

/**
 * Nest's side of the stream: what `@Consumes` marks gets the batches that `StageRunner` takes. Guards, interceptors and
 * filters run once per batch. Everything else, transactions above all, is the runner's.
 */
export class StreamTransport extends Server implements CustomTransportStrategy {
  override readonly transportId = STREAM;
  /** A handler's error is the runner's business: it bisects. */
  override readonly propagatesEventHandlerErrors = true;
  readonly #options: StreamTransportOptions;
  readonly runner: StageRunner;
  readonly #stopping = new AbortController();
  #running: Promise<void> | null = null;

  constructor(options: StreamTransportOptions) {
    super();
    this.#options = options;
    const stage = dispatched(
      options.stage,
      (topic) => this.#role(topic),
      (batch) => this.#handle(batch),
    );
    this.runner = new StageRunner({ ...options.runner, stage });
  }

  /**
   * Every topic that the stage reads has one handler.
   *
   * @throws AppError `HANDLERS_INVALID`
   */
  check(): void {
    const topics = new Set(this.#options.stage.inputs.flat());
    const problems = [...new Set([...topics].map((topic) => this.#role(topic)))].flatMap((role) => this.#problem(role));
    if (problems.length > 0)
      throw new AppError(
        'HANDLERS_INVALID',
        `${problems.join('; ')}. Each topic of a stage needs one method marked @Consumes.`,
      );
  }

  /** Starts the runner. Called by Nest's `startAllMicroservices`. */
  listen(started: () => void): void {
    this.check();
    this.#running = this.#run().catch((error: unknown) => this.#options.onFailed(error));
    started();
  }

  /** Lets the running transaction end, leaves the group, closes. Called by Nest when the app closes. */
  async close(): Promise<void> {
    this.#stopping.abort();
    await this.runner.stop();
    await this.#running;
  }

  /** There are no events to listen to. */
  on(): void {}

  unwrap<T>(): T {
    return this.runner as T;
  }

  /** A runner that was stopped before it began ends at once, and closes what it holds. */
  async #run(): Promise<void> {
    try {
      await this.#options.prepare?.(this.#stopping.signal);
    } catch (error) {
      await this.runner.stop();
      throw error;
    } finally {
      await this.runner.run();
    }
  }

  #role(topic: string): string {
    return this.#options.roles.get(topic) ?? topic;
  }

  #problem(role: string): readonly string[] {
    const handler = this.messageHandlers.get(role);
    if (!handler) return [`${role} has no handler`];
    return handler.next ? [`${role} has more than one handler`] : [];
  }

  async #handle(batch: RecordBatch): Promise<StageOutput> {
    const handler = this.messageHandlers.get(batch.topic) as MessageHandler<RecordBatch, null, StageOutput>;
    const result = await handler(batch, null);
    return isObservable(result) ? lastValueFrom(result) : result;
  }
}
