import { setImmediate } from 'node:timers/promises';

import { messageOf } from '@millrace/core';
import { pseudonymiser, skewOf, SkewSampleTooLarge, type SkewReport } from '@millrace/features';
import type { Plan } from '@millrace/pipeline';
import { encodeCountsRecord, type InboundRecord, type SkewRecord } from '@millrace/records';
import { readTopic, type Log, type Publisher } from '@millrace/stream';

import type { SkewState } from './skew-state.ts';

/** Of a window, however many the share would be. */
const MOST_PREDICTIONS = 1000;
/** Of events under their keys. */
const MOST_BYTES = 64 << 20;
/** Records between two pauses. */
const PIECE = 256;

/** What became of a window: `skipped`: a later one closed before its turn; `too_large`: its events were more than may be held. */
export type SkewOutcome = 'checked' | 'skipped' | 'too_large' | 'failed';

export interface SkewObserver {
  /** @param detail where it is neither checked nor skipped */
  window(outcome: SkewOutcome, detail?: string): void;
  compared(report: SkewReport): void;
}

export interface SkewRunsOptions {
  readonly plan: Plan;
  readonly log: Log;
  readonly observer: SkewObserver;
}

type Turn = Pick<SkewRecord, 'version' | 'variant' | 'start' | 'end'>;

/**
 * Computes a sample of the predictions of closed windows again, one window after the other beside all other work, and tells
 * the merge by a record of `counts`. What closes meanwhile does not wait: the newest window of each version has its turn.
 * Nothing depends on it: a run that is cut short is begun again by whoever merges then, and what is told twice counts once.
 */
export class SkewRuns {
  readonly #options: SkewRunsOptions;
  readonly #stop = new AbortController();
  readonly #begunTo = new Map<string, number>();
  #state: SkewState = new Map();
  #isRunning = false;
  #running = Promise.resolve();
  #publisher: Publisher | null = null;

  /** @throws AppError `CONFIG_INVALID` where events have pseudonyms and their key is missing */
  constructor(options: SkewRunsOptions) {
    pseudonymiser(options.plan);
    this.#options = options;
  }

  /** Which windows are due now; none where another instance has the merge. */
  look(state: SkewState): void {
    for (const [key, { due }] of this.#state) {
      const next = state.get(key);
      if (due && next?.due && next.due.end !== due.end && this.#isWaiting(key, due.end))
        this.#options.observer.window('skipped');
    }
    this.#state = state;
    if (!this.#isRunning) this.#running = this.#runAll();
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#running;
    await this.#publisher?.close();
  }

  async #runAll(): Promise<void> {
    this.#isRunning = true;
    for (let turn = this.#next(); turn && !this.#stop.signal.aborted; turn = this.#next()) await this.#run(turn);
    this.#isRunning = false;
  }

  #next(): Turn | null {
    for (const [key, { due }] of this.#state) {
      if (!due || !this.#isWaiting(key, due.end)) continue;
      this.#begunTo.set(key, due.end);
      const [version, variant] = JSON.parse(key) as [string, string];
      return { version, variant, ...due };
    }
    return null;
  }

  #isWaiting(key: string, end: number): boolean {
    return end > (this.#begunTo.get(key) ?? -Infinity);
  }

  async #run(turn: Turn): Promise<void> {
    const { plan, observer } = this.#options;
    try {
      const read = (topic: string, since: number): AsyncIterable<InboundRecord> => this.#read(topic, since);
      const report = await skewOf({ read, pause: () => this.#pause() }, plan, {
        share: plan.monitor.skew,
        from: turn.start,
        to: turn.end,
        of: turn,
        most: MOST_PREDICTIONS,
        mostBytes: MOST_BYTES,
      });
      await this.#tell(turn, report);
      observer.compared(report);
      observer.window('checked');
    } catch (error) {
      if (this.#stop.signal.aborted) return;
      observer.window(error instanceof SkewSampleTooLarge ? 'too_large' : 'failed', messageOf(error));
    }
  }

  async *#read(topic: string, since: number): AsyncGenerator<InboundRecord> {
    const { signal } = this.#stop;
    let read = 0;
    for await (const record of readTopic(this.#options.log, { topic, from: { since }, until: 'end', signal })) {
      yield record;
      if (++read % PIECE === 0) await this.#pause();
    }
    signal.throwIfAborted();
  }

  /** Others have their turn. */
  async #pause(): Promise<void> {
    await setImmediate();
    this.#stop.signal.throwIfAborted();
  }

  async #tell({ version, variant, start, end }: Turn, { compared, features }: SkewReport): Promise<void> {
    const { plan, log } = this.#options;
    const found = features.map(({ feature, mismatch, missing, extra, first }) => ({
      feature,
      differ: mismatch + missing + extra,
      first: first?.id ?? null,
    }));
    const record: SkewRecord = { kind: 'skew', version, variant, start, end, rows: compared, features: found };
    this.#publisher ??= log.publisher();
    const value = encodeCountsRecord(record);
    await this.#publisher.publish([{ topic: plan.names.counts, partition: 0, key: null, value }]);
  }
}
