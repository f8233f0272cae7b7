import { AppError, isAppError } from '@millrace/core';
import type { GroupIdentity } from '@millrace/stream';

import { refusalType } from '../broker/broker-refusal.ts';
import type { MemoryClient } from './memory-client.ts';

const BEATS_PER_SESSION = 10;

export interface MemoryHeartbeatOptions {
  readonly client: MemoryClient;
  readonly sessionTimeoutMs: number;
  /** The group moved on, or the session has run out. Once. */
  readonly onLost: (reason: AppError) => void;
}

/** Keeps one membership alive, by the client's clock, as the Kafka adapter's does: through a rebalance, too. */
export class MemoryHeartbeat {
  readonly #options: MemoryHeartbeatOptions;
  readonly #identity: GroupIdentity;
  readonly #stopped = new AbortController();
  #lost = false;

  constructor(identity: GroupIdentity, options: MemoryHeartbeatOptions) {
    this.#identity = identity;
    this.#options = options;
    void this.#run();
  }

  stop(): void {
    this.#stopped.abort();
  }

  async #run(): Promise<void> {
    const { client, sessionTimeoutMs } = this.#options;
    const { signal } = this.#stopped;
    let answeredAt = client.clock.elapsed();
    for (;;) {
      await client.clock.sleep(sessionTimeoutMs / BEATS_PER_SESSION, signal);
      if (signal.aborted) return;
      const failure = await this.#beat();
      if (signal.aborted) return;
      const unanswered = isAppError(failure, 'LOG_UNAVAILABLE');
      if (!unanswered) answeredAt = client.clock.elapsed();
      else if (client.clock.elapsed() - answeredAt > sessionTimeoutMs) this.#lose(sessionOver(this.#identity, failure));
      if (failure && !unanswered) this.#lose(failure);
    }
  }

  async #beat(): Promise<AppError | null> {
    const { broker, carry } = this.#options.client;
    try {
      await carry('heartbeat', () => broker.group(this.#identity.groupId).heartbeat(this.#identity));
      return null;
    } catch (error) {
      return isAppError(error) ? error : new AppError('LOG_UNAVAILABLE', String(error), { cause: error });
    }
  }

  #lose(reason: AppError): void {
    if (refusalType(reason) !== 'REBALANCE_IN_PROGRESS') this.stop();
    if (!this.#lost) this.#options.onLost(reason);
    this.#lost = true;
  }
}

function sessionOver({ groupId }: GroupIdentity, { detail }: AppError): AppError {
  return new AppError('REBALANCED', `no heartbeat of group ${groupId} was answered within its session: ${detail}`);
}
