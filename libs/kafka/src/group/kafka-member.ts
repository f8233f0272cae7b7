import { AppError, isAppError } from '@millrace/core';
import type { TopicPartition } from '@millrace/records';
import {
  assignPartitions,
  Heartbeat,
  type Assignment,
  type CommittedPosition,
  type GroupIdentity,
  type GroupMember,
  type MemberOptions,
} from '@millrace/stream';

import type { ConnectionSettings } from '../cluster/connection-settings.ts';
import { isCoordinatorSettling } from '../cluster/coordinator-settling.ts';
import type { KafkaCluster } from '../cluster/kafka-cluster.ts';
import { logError } from '../cluster/log-error.ts';
import { joinGroupRequest, leaveGroupRequest, syncGroupRequest, type JoinedGroup } from '../requests/group.ts';
import { assertNoError, protocolErrorType } from '../requests/protocol-error.ts';
import type { Request } from '../requests/request.ts';
import { isOn } from '../safeguards.ts';
import { committedPositions } from './committed-positions.ts';
import {
  decodeAssignment,
  decodeSubscription,
  encodeAssignment,
  encodeSubscription,
  type SharedOut,
} from './consumer-protocol.ts';
import { PartitionWatch } from './partition-watch.ts';
import { sendHeartbeat } from './send-heartbeat.ts';

/** The name under which members recognise that they share partitions out alike (`assignPartitions`). */
const STRATEGY = 'millrace-tasks';
/** How long the others wait for a member that is slow to join again, while its heartbeats come. */
const REBALANCE_TIMEOUT_MS = 30_000;
const METADATA_MAX_AGE_MS = 30_000;
const MEMBER_ID_REQUIRED = 79;
const RETRY_MS = 100;
/** The group has moved on while this member joined: it joins once more, with a new id where its own is forgotten. */
const REJOIN = ['UNKNOWN_MEMBER_ID', 'REBALANCE_IN_PROGRESS', 'ILLEGAL_GENERATION'];
const MOST_TRIES = 100;

type Joined = Assignment & SharedOut;

/** A member of a consumer group by Kafka's classic protocol; with an instance id, a static one (KIP-345). */
export class KafkaMember implements GroupMember {
  readonly #options: MemberOptions;
  readonly #settings: ConnectionSettings;
  readonly #cluster: KafkaCluster;
  readonly #instanceId: string | null;
  #memberId = '';
  #owned: readonly TopicPartition[] = [];
  #heartbeat: Heartbeat | null = null;
  #watch: PartitionWatch | null = null;
  /** Why the membership is over; joining again is what helps. */
  #lost: AppError | null = null;

  constructor(options: MemberOptions, settings: ConnectionSettings, cluster: KafkaCluster) {
    this.#options = options;
    this.#instanceId = isOn('static-membership') ? (options.instanceId ?? null) : null;
    this.#settings = settings;
    this.#cluster = cluster;
  }

  async join(): Promise<Assignment> {
    if (isAppError(this.#lost, 'INSTANCE_FENCED')) throw this.#lost;
    this.#rest();
    this.#lost = null;
    try {
      const { identity, partitions, counts } = await this.#joinWhilePassing();
      this.#owned = partitions;
      this.#heartbeat = this.#beat(identity);
      this.#watch = this.#watched(counts);
      return { identity, partitions };
    } catch (error) {
      throw this.#failed(error, 'joining');
    }
  }

  async committed(partitions: readonly TopicPartition[]): Promise<ReadonlyMap<string, CommittedPosition | null>> {
    const { groupId } = this.#options;
    const goOn = (): void => {
      if (this.#lost) throw this.#lost;
    };
    try {
      return await committedPositions({
        cluster: this.#cluster,
        clock: this.#settings.clock,
        groupId,
        partitions,
        goOn,
      });
    } catch (error) {
      throw this.#failed(error, 'reading the committed positions of');
    }
  }

  async leave(): Promise<void> {
    this.#rest();
    const memberId = this.#memberId;
    this.#memberId = '';
    if (memberId === '') return;
    try {
      await this.#send(leaveGroupRequest({ groupId: this.#options.groupId, memberId, instanceId: this.#instanceId }));
    } catch (error) {
      throw this.#failed(error, 'leaving');
    }
  }

  async close(): Promise<void> {
    this.#rest();
    this.#cluster.close();
  }

  #rest(): void {
    this.#heartbeat?.stop();
    this.#watch?.stop();
  }

  async #joinWhilePassing(): Promise<Joined> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.#joinOnce();
      } catch (error) {
        const type = protocolErrorType(error) ?? '';
        const again = REJOIN.includes(type) || isCoordinatorSettling(error);
        if (!again || tries === MOST_TRIES) throw error;
        if (type === 'UNKNOWN_MEMBER_ID') this.#memberId = '';
        if (type !== 'REBALANCE_IN_PROGRESS') await this.#settings.clock.sleep(RETRY_MS);
      }
    }
  }

  async #joinOnce(): Promise<Joined> {
    const joined = await this.#joinGroup();
    const { groupId } = this.#options;
    const { generation, memberId } = joined;
    const identity = { groupId, generation, memberId, instanceId: this.#instanceId };
    const shares = joined.leader === joined.memberId ? await this.#assign(joined) : new Map<string, Buffer>();
    const assignment = await this.#send(
      syncGroupRequest(identity, shares, REBALANCE_TIMEOUT_MS + this.#options.sessionTimeoutMs),
    );
    return { identity, ...decodeAssignment(assignment) };
  }

  /** The first time the broker only gives the member its id (KIP-394). */
  async #joinGroup(): Promise<JoinedGroup> {
    const { groupId, inputs, sessionTimeoutMs } = this.#options;
    const request = (memberId: string) =>
      joinGroupRequest({
        groupId,
        memberId,
        instanceId: this.#instanceId,
        sessionTimeoutMs,
        rebalanceTimeoutMs: Math.max(REBALANCE_TIMEOUT_MS, sessionTimeoutMs),
        protocol: STRATEGY,
        subscription: encodeSubscription({ topics: [...new Set(inputs.flat())], owned: this.#owned }),
      });
    let joined = await this.#send(request(this.#memberId));
    this.#memberId = joined.memberId || this.#memberId;
    if (joined.errorCode === MEMBER_ID_REQUIRED) joined = await this.#send(request(this.#memberId));
    assertNoError(joined.errorCode);
    return joined;
  }

  async #assign({ members }: JoinedGroup): Promise<ReadonlyMap<string, Buffer>> {
    const { inputs } = this.#options;
    const { topics } = await this.#cluster.describe([...new Set(inputs.flat())]);
    const counts = new Map(topics.map(({ topic, leaders }) => [topic, leaders.length]));
    const asked = members.map(({ memberId, subscription }) => {
      const { topics: subscribed, owned } = decodeSubscription(subscription);
      return { memberId, topics: subscribed, previous: owned };
    });
    const shares = assignPartitions(inputs, counts, asked);
    return new Map([...shares].map(([memberId, partitions]) => [memberId, encodeAssignment({ partitions, counts })]));
  }

  #watched(counts: ReadonlyMap<string, number>): PartitionWatch {
    const { clock, metadataMaxAgeMs = METADATA_MAX_AGE_MS } = this.#settings;
    const { onRebalance } = this.#options;
    return new PartitionWatch(counts, {
      cluster: this.#cluster,
      clock,
      maxAgeMs: metadataMaxAgeMs,
      onGrown: onRebalance,
    });
  }

  #beat(identity: GroupIdentity): Heartbeat {
    const { groupId, sessionTimeoutMs, onRebalance } = this.#options;
    const { clock } = this.#settings;
    const beat = (stopped: AbortSignal) => sendHeartbeat(this.#cluster, identity, stopped);
    const onLost = (reason: AppError): void => {
      this.#lost = reason;
      onRebalance(reason);
    };
    return new Heartbeat({ groupId, clock, sessionTimeoutMs, beat, onLost });
  }

  /** Over a connection of the membership's own: a join waits for everyone and must not hold up heartbeats. */
  #send<T>(request: Request<T>): Promise<T> {
    return this.#cluster.sendToCoordinator('group', this.#options.groupId, 'membership', request);
  }

  #failed(error: unknown, doing: string): AppError {
    const failure = logError(error, `${doing} group ${this.#options.groupId}`);
    if (failure.class === 'retry') this.#cluster.forget();
    return failure;
  }
}
