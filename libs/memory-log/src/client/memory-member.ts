import { AppError, isAppError } from '@millrace/core';
import type { TopicPartition } from '@millrace/records';
import {
  Heartbeat,
  type Assignment,
  type CommittedPosition,
  type FailedBeat,
  type GroupIdentity,
  type GroupMember,
  type MemberOptions,
} from '@millrace/stream';

import { refusalType } from '../broker/broker-refusal.ts';
import type { MemoryClient } from './memory-client.ts';
import { retryRefused } from './retry-refused.ts';
import { stablePositions } from './stable-positions.ts';

/** As the Kafka adapter's. */
const REBALANCE_TIMEOUT_MS = 30_000;
const WAITS = { UNKNOWN_MEMBER_ID: 100, ILLEGAL_GENERATION: 100, REBALANCE_IN_PROGRESS: 0, NOT_COORDINATOR: 100 };
const LIMIT_MS = 10_000;

export class MemoryMember implements GroupMember {
  readonly #options: MemberOptions;
  readonly #client: MemoryClient;
  #memberId = '';
  #owned: readonly TopicPartition[] = [];
  #heartbeat: Heartbeat | null = null;
  /** Why the membership is over; joining again is what helps. */
  #lost: AppError | null = null;

  constructor(options: MemberOptions, client: MemoryClient) {
    this.#options = options;
    this.#client = client;
  }

  async join(): Promise<Assignment> {
    if (isAppError(this.#lost, 'INSTANCE_FENCED')) throw this.#lost;
    this.#heartbeat?.stop();
    this.#lost = null;
    const assignment = await retryRefused(this.#client.clock, () => this.#joinOnce(), WAITS, LIMIT_MS);
    this.#memberId = assignment.identity.memberId;
    this.#owned = assignment.partitions;
    this.#heartbeat = this.#beat(assignment.identity);
    return assignment;
  }

  committed(partitions: readonly TopicPartition[]): Promise<ReadonlyMap<string, CommittedPosition | null>> {
    const goOn = (): void => {
      if (this.#lost) throw this.#lost;
    };
    return stablePositions(this.#client, this.#options.groupId, partitions, goOn);
  }

  async leave(): Promise<void> {
    this.#heartbeat?.stop();
    const memberId = this.#memberId;
    this.#memberId = '';
    if (memberId === '') return;
    const { broker, carry } = this.#client;
    const { groupId, instanceId } = this.#options;
    await carry('leave', () => broker.group(groupId).leave(memberId, instanceId ?? null));
  }

  async close(): Promise<void> {
    this.#heartbeat?.stop();
  }

  async #joinOnce(): Promise<Assignment> {
    const { broker, carry } = this.#client;
    const { groupId, instanceId = null, inputs, sessionTimeoutMs } = this.#options;
    if (instanceId === null && this.#memberId === '')
      this.#memberId = await carry('member-id', () => broker.group(groupId).issueMemberId());
    const request = {
      memberId: this.#memberId,
      instanceId,
      inputs,
      owned: this.#owned,
      sessionTimeoutMs,
      rebalanceTimeoutMs: Math.max(REBALANCE_TIMEOUT_MS, sessionTimeoutMs),
    };
    try {
      return await carry('join', () => broker.group(groupId).join(request));
    } catch (error) {
      if (refusalType(error) === 'UNKNOWN_MEMBER_ID') this.#memberId = '';
      throw error;
    }
  }

  #beat(identity: GroupIdentity): Heartbeat {
    const { groupId, sessionTimeoutMs, onRebalance } = this.#options;
    const onLost = (reason: AppError): void => {
      this.#lost = reason;
      onRebalance(reason);
    };
    const { clock } = this.#client;
    return new Heartbeat({ groupId, clock, sessionTimeoutMs, beat: () => this.#sendHeartbeat(identity), onLost });
  }

  async #sendHeartbeat(identity: GroupIdentity): Promise<FailedBeat | null> {
    const { broker, carry } = this.#client;
    try {
      await carry('heartbeat', () => broker.group(identity.groupId).heartbeat(identity));
      return null;
    } catch (error) {
      const reason = isAppError(error) ? error : new AppError('LOG_UNAVAILABLE', String(error), { cause: error });
      return { reason, rebalancing: refusalType(error) === 'REBALANCE_IN_PROGRESS' };
    }
  }
}
