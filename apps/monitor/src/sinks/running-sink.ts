import { isAppError, messageOf, type Clock } from '@millrace/core';
import type { Plan } from '@millrace/pipeline';
import { StageRunner, type Log } from '@millrace/stream';

import type { AlertSink } from './alert-sink.ts';
import type { SinkObserver } from './sink-observer.ts';
import { SinkStage } from './sink-stage.ts';

const AGAIN_MS = 60_000;
/** How old alerts a sink is told that has never run. */
const FIRST_REACH_MS = 3_600_000;

export interface RunningSinkOptions {
  readonly name: string;
  readonly sink: AlertSink;
  readonly plan: Plan;
  readonly log: Log;
  readonly clock: Clock;
  readonly observer: SinkObserver;
  /** Of the monitor's door, as people reach it. */
  readonly address: string | null;
}

/**
 * Tells one sink what is in `<p>.alerts`, in a group of its own, `<p>.monitor.sinks.<name>`: of all monitors of a pipeline
 * one does, at least once, in order, whatever becomes of the other sinks. Nothing that happens here ends the monitor.
 */
export class RunningSink {
  readonly #options: RunningSinkOptions;
  readonly #stop = new AbortController();
  readonly #ended: Promise<void>;
  #runner: StageRunner | null = null;

  constructor(options: RunningSinkOptions) {
    this.#options = options;
    this.#ended = this.#run();
  }

  /** Alerts that it has not been told. */
  get waiting(): number | null {
    const status = this.#runner?.status();
    return status && status.assigned > 0 ? status.lagRecords : null;
  }

  async close(): Promise<void> {
    this.#stop.abort(new Error('the monitor stops'));
    await this.#ended;
  }

  async #run(): Promise<void> {
    const { clock, observer } = this.#options;
    const { signal } = this.#stop;
    while (!signal.aborted) {
      this.#runner = this.#makeRunner();
      try {
        await this.#runner.run(signal);
      } catch (error) {
        observer.stopped(messageOf(error), AGAIN_MS);
        await clock.sleep(AGAIN_MS, signal);
      }
    }
  }

  #makeRunner(): StageRunner {
    const { name, sink, plan, log, clock, observer, address } = this.#options;
    const groupId = `${plan.name}.monitor.sinks.${name}`;
    return new StageRunner({
      stage: new SinkStage({ topic: plan.names.alerts, sink, clock, observer, address, signal: this.#stop.signal }),
      log,
      clock,
      groupId,
      transactionalId: groupId,
      delivery: 'at_least_once',
      dlq: { topic: plan.names.dlq, partitions: plan.topics.partitions },
      from: clock.now() - FIRST_REACH_MS,
      onOutOfRange: 'earliest',
      observer: {
        failed: (error, action) => {
          if (action === 'retry' && !isAppError(error, 'SINK_FAILED')) observer.unread(messageOf(error));
        },
      },
      limits: { queuedBytes: 1 << 20, batchRecords: 1, fetchWaitMs: 500 },
    });
  }
}
