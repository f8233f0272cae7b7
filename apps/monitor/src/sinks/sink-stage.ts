import { AppError, JournaledState, messageOf, type Clock } from '@millrace/core';
import type { InboundRecord } from '@millrace/records';
import {
  Backoff,
  type InputPartition,
  type Stage,
  type StateMarker,
  type StageOutput,
  type TaskState,
} from '@millrace/stream';

import type { AlertSink, Delivery } from './alert-sink.ts';
import { readAlert, type Alert } from './alert.ts';
import type { SinkObserver } from './sink-observer.ts';

const ATTEMPT_MS = 10_000;
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 5 * 60_000;
/** What is refused, or old, has been tried so often before it is given up. */
const LEAST_TRIES = 3;
const GIVE_UP_MS = 24 * 3_600_000;

const NOTHING: StageOutput = { records: [], deadLetters: [] };

export interface SinkStageOptions {
  /** `<p>.alerts`. */
  readonly topic: string;
  readonly sink: AlertSink;
  readonly clock: Clock;
  readonly observer: SinkObserver;
  /** Of the monitor's door, as people reach it; null: alerts have no link. */
  readonly address: string | null;
  /** Ends an attempt that is under way. */
  readonly signal: AbortSignal;
}

/**
 * Tells one sink the alerts, one after the other. Its commits are the memory of how far it has come: an alert whose
 * attempt failed is not committed and comes again. It is given up when the sink has refused it three times, or for
 * a day did not take it; then the next has its turn.
 */
export class SinkStage implements Stage {
  readonly name = 'monitor';
  readonly inputs: readonly (readonly string[])[];
  readonly #options: SinkStageOptions;
  readonly #backoff: Backoff;
  #ahead: readonly InboundRecord[] = [];
  #notBeforeMs = 0;
  #tries = { offset: -1, count: 0 };

  constructor(options: SinkStageOptions) {
    this.#options = options;
    this.inputs = [[options.topic]];
    this.#backoff = new Backoff(options.clock, FIRST_PAUSE_MS, LONGEST_PAUSE_MS);
  }

  open(): TaskState {
    return new NoState();
  }

  close(): void {}

  /** The next alert, unless the sink needs a pause: then it waits in the log, and the group goes its way. */
  take([alerts]: readonly InputPartition[]): readonly InboundRecord[] {
    const [first, ...ahead] = alerts?.queued ?? [];
    if (!first || this.#options.clock.elapsed() < this.#notBeforeMs) return [];
    this.#ahead = ahead;
    return [first];
  }

  async process(records: readonly InboundRecord[]): Promise<StageOutput> {
    for (const record of records) await this.#tell(record);
    return NOTHING;
  }

  poison(record: InboundRecord, error: unknown): StageOutput {
    this.#options.observer.gaveUp(String(record.key), messageOf(error));
    return NOTHING;
  }

  async #tell(record: InboundRecord): Promise<void> {
    const { clock, observer, address } = this.#options;
    const alert = readAlert(record, { ahead: this.#ahead, nowMs: clock.now(), address });
    if (alert.value.silenced === true) return observer.over(alert.value.id, 'silenced');
    const delivery = await this.#attempt(alert);
    if (delivery.outcome === 'taken') {
      this.#backoff.reset();
      return observer.over(alert.value.id, 'told');
    }
    if (this.#options.signal.aborted) throw new AppError('SINK_FAILED', delivery.why); // nobody's failure
    const { offset } = record;
    const count = this.#tries.offset === offset ? this.#tries.count + 1 : 1;
    this.#tries = { offset, count };
    const hopeless = delivery.outcome === 'refused' || alert.ageMs > GIVE_UP_MS;
    if (hopeless && count >= LEAST_TRIES) return observer.gaveUp(alert.value.id, delivery.why);
    this.#pause(alert, delivery);
  }

  /** @throws AppError `SINK_FAILED`, always */
  #pause(alert: Alert, delivery: Exclude<Delivery, { outcome: 'taken' }>): never {
    const { clock, observer } = this.#options;
    const asked = delivery.outcome === 'failed' ? (delivery.afterMs ?? 0) : 0;
    const againMs = Math.min(LONGEST_PAUSE_MS, Math.max(asked, this.#backoff.nextMs()));
    this.#notBeforeMs = clock.elapsed() + againMs;
    observer.failed(alert.value.id, delivery.why, againMs);
    throw new AppError('SINK_FAILED', delivery.why);
  }

  async #attempt(alert: Alert): Promise<Delivery> {
    const { clock, sink, signal } = this.#options;
    const over = new AbortController();
    const late = new AbortController();
    void clock
      .sleep(ATTEMPT_MS, over.signal)
      .then(() => late.abort(new Error(`it has not answered for ${ATTEMPT_MS / 1000} s`)));
    try {
      return await sink.send(alert, AbortSignal.any([signal, late.signal]));
    } finally {
      over.abort();
    }
  }
}

/** A sink knows nothing but how far it has come. */
class NoState extends JournaledState implements TaskState {
  marker(): StateMarker {
    return { keepFrom: null, body: new Uint8Array() };
  }

  load(): void {}

  restore(): void {}

  restored(): void {}
}
