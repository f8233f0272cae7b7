import { AppError, type Clock } from '@millrace/core';

const BEATS_PER_SESSION = 10;

/** A heartbeat that was refused, or not answered. */
export interface FailedBeat {
  readonly reason: AppError;
  /** The group rebalances: the member still belongs to it, and is to join again. */
  readonly rebalancing: boolean;
}

export interface HeartbeatOptions {
  readonly groupId: string;
  readonly clock: Clock;
  readonly sessionTimeoutMs: number;
  /**
   * Sends one heartbeat; never throws.
   *
   * @param stopped aborted when nobody wants to know any more
   */
  readonly beat: (stopped: AbortSignal) => Promise<FailedBeat | null>;
  /** The group moved on, or the session has run out. Once. */
  readonly onLost: (reason: AppError) => void;
}

/**
 * Keeps one membership alive, on a timer of its own, whatever the member is busy with. While the group rebalances it
 * goes on, so that the member has time to end what it is doing and to join again; otherwise what is lost is lost.
 */
export class Heartbeat {
  readonly #options: HeartbeatOptions;
  readonly #stopped = new AbortController();
  #lost = false;

  constructor(options: HeartbeatOptions) {
    this.#options = options;
    void this.#run();
  }

  stop(): void {
    this.#stopped.abort();
  }

  async #run(): Promise<void> {
    const { clock, sessionTimeoutMs, beat } = this.#options;
    const { signal } = this.#stopped;
    let answeredAt = clock.elapsed();
    for (;;) {
      await clock.sleep(sessionTimeoutMs / BEATS_PER_SESSION, signal);
      if (signal.aborted) return;
      const failure = await beat(signal);
      if (signal.aborted) return;
      if (failure?.reason.code !== 'LOG_UNAVAILABLE') answeredAt = clock.elapsed();
      else if (clock.elapsed() - answeredAt > sessionTimeoutMs) this.#lose(this.#sessionOver(failure));
      if (failure && failure.reason.code !== 'LOG_UNAVAILABLE') this.#lose(failure);
    }
  }

  #lose({ reason, rebalancing }: FailedBeat): void {
    if (!rebalancing) this.stop();
    if (!this.#lost) this.#options.onLost(reason);
    this.#lost = true;
  }

  #sessionOver({ reason }: FailedBeat): FailedBeat {
    const { groupId } = this.#options;
    const detail = `no heartbeat of group ${groupId} was answered within its session: ${reason.detail}`;
    return { reason: new AppError('REBALANCED', detail), rebalancing: false };
  }
}
