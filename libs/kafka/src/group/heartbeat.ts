import { AppError, type Clock } from '@millrace/core';
import type { GroupIdentity } from '@millrace/stream';

import type { KafkaCluster } from '../cluster/kafka-cluster.ts';
import { logError } from '../cluster/log-error.ts';
import { heartbeatRequest } from '../requests/group.ts';
import { protocolErrorType } from '../requests/protocol-error.ts';

const BEATS_PER_SESSION = 10;

export interface HeartbeatOptions {
  readonly cluster: KafkaCluster;
  readonly clock: Clock;
  readonly sessionTimeoutMs: number;
  /** The group moved on, or the session has run out. Once. */
  readonly onLost: (reason: AppError) => void;
}

/**
 * Keeps one membership alive, on a timer of its own, whatever the member is busy with. While the group rebalances it
 * goes on, so that the member has time to end what it is doing and to join again; otherwise what is lost is lost.
 */
export class Heartbeat {
  readonly #options: HeartbeatOptions;
  readonly #identity: GroupIdentity;
  readonly #stopped = new AbortController();
  #lost = false;

  constructor(identity: GroupIdentity, options: HeartbeatOptions) {
    this.#identity = identity;
    this.#options = options;
    void this.#run();
  }

  stop(): void {
    this.#stopped.abort();
  }

  async #run(): Promise<void> {
    const { clock, sessionTimeoutMs } = this.#options;
    let answeredAt = clock.elapsed();
    for (;;) {
      await clock.sleep(sessionTimeoutMs / BEATS_PER_SESSION, this.#stopped.signal);
      if (this.#stopped.signal.aborted) return;
      const failure = await this.#beat();
      if (this.#stopped.signal.aborted) return;
      if (failure?.code !== 'LOG_UNAVAILABLE') answeredAt = clock.elapsed();
      else if (clock.elapsed() - answeredAt > sessionTimeoutMs) this.#lose(sessionOver(this.#identity, failure));
      if (failure && failure.code !== 'LOG_UNAVAILABLE') this.#lose(failure);
    }
  }

  #lose(reason: AppError): void {
    if (protocolErrorType(reason.cause) !== 'REBALANCE_IN_PROGRESS') this.stop();
    if (!this.#lost) this.#options.onLost(reason);
    this.#lost = true;
  }

  async #beat(): Promise<AppError | null> {
    const { cluster } = this.#options;
    const { groupId } = this.#identity;
    try {
      await cluster.sendToCoordinator('group', groupId, 'heartbeat', heartbeatRequest(this.#identity));
      return null;
    } catch (error) {
      const failure = logError(error, `the heartbeat of group ${groupId}`);
      // once stopped, the connections are somebody else's: a join may be under way over them
      if (failure.class === 'retry' && !this.#stopped.signal.aborted) cluster.forget();
      return failure;
    }
  }
}

function sessionOver({ groupId }: GroupIdentity, { detail }: AppError): AppError {
  return new AppError('REBALANCED', `no heartbeat of group ${groupId} was answered within its session: ${detail}`);
}
