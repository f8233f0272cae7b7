import type { Clock } from '@millrace/core';
import type { Plan } from '@millrace/pipeline';
import type { InboundRecord } from '@millrace/records';
import { TopicFollower, type Log, type LogAdmin } from '@millrace/stream';

import { readProgress } from './clocks/progress-note.ts';
import type { SharedProgress } from './clocks/shared-progress.ts';
import type { SetNotes } from './handover/set-notes.ts';

const COUNT_EVERY_MS = 10_000;

export interface ControlFollowerOptions {
  readonly plan: Plan;
  readonly log: Log;
  readonly clock: Clock;
  readonly notes: SetNotes;
  readonly progress: SharedProgress;
  /** Something has become known. */
  readonly onNews: () => void;
  /** It goes on after it. */
  readonly onFailed: (message: string) => void;
}

/** Reads `<p>.control` from its beginning and on, for what other instances and other feature sets note there. */
export class ControlFollower {
  readonly #options: ControlFollowerOptions;
  readonly #follower: TopicFollower;
  readonly #admin: LogAdmin;
  #countedAtMs: number | null = null;

  constructor(options: ControlFollowerOptions) {
    const { plan, log, clock, onNews, onFailed } = options;
    this.#options = options;
    this.#admin = log.admin();
    this.#follower = new TopicFollower({
      log,
      clock,
      topic: plan.names.control,
      onRecord: (record) => this.#apply(record),
      onNews,
      onFailed,
      before: () => this.#countInputs(),
    });
  }

  /** Resolves when all that was there as it began is known, or when it is closed. */
  start(): Promise<void> {
    return this.#follower.start();
  }

  async close(): Promise<void> {
    await Promise.allSettled([this.#follower.close(), this.#admin.close()]);
  }

  #apply({ key, value }: InboundRecord): void {
    if (!key) return;
    const { plan, clock, notes, progress } = this.#options;
    const name = key.toString('utf8');
    notes.apply(name, value);
    const read = readProgress(plan, name, value);
    if (read) progress.apply(read.partition, read.note, clock.elapsed());
  }

  async #countInputs(): Promise<void> {
    const { plan, clock, notes, progress } = this.#options;
    if (this.#countedAtMs !== null && clock.elapsed() - this.#countedAtMs < COUNT_EVERY_MS) return;
    const { events } = plan.names;
    const count = (await this.#admin.describe([events])).get(events)?.partitions ?? Infinity;
    notes.inputPartitions = count;
    progress.inputPartitions = count;
    this.#countedAtMs = clock.elapsed();
  }
}
