import type { Clock } from '@millrace/core';
import { MonitorView } from '@millrace/drift';
import type { Plan } from '@millrace/pipeline';
import { TopicFollower, type Log } from '@millrace/stream';

export interface ViewFollowerOptions {
  readonly plan: Plan;
  readonly log: Log;
  readonly clock: Clock;
  /** It goes on after it. */
  readonly onFailed: (message: string) => void;
}

/** Keeps a view of what the monitor has committed: any instance has one, whichever of them merges. */
export class ViewFollower {
  readonly #view: MonitorView;
  readonly #followers: readonly TopicFollower[];
  readonly #known: Promise<unknown>;

  constructor({ plan, log, clock, onFailed }: ViewFollowerOptions) {
    const view = new MonitorView(plan.featureSet);
    const common = { log, clock, onFailed, onNews: () => undefined };
    this.#view = view;
    this.#followers = [
      new TopicFollower({
        ...common,
        topic: plan.names.ledger,
        onRecord: ({ key, value }) => view.applyLedger(String(key), value),
      }),
      new TopicFollower({
        ...common,
        topic: plan.names.alerts,
        onRecord: ({ value }) => value && view.applyAlert(value),
      }),
    ];
    this.#known = Promise.all(this.#followers.map((follower) => follower.start()));
  }

  /** With all that was there when it began. */
  async view(): Promise<MonitorView> {
    await this.#known;
    return this.#view;
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#followers.map((follower) => follower.close()));
  }
}
