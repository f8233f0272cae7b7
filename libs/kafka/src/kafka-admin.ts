import { AppError, type Clock } from '@millrace/core';
import type { TopicPartition } from '@millrace/records';
import {
  rightsMissing,
  type BrokersFound,
  type CommittedPosition,
  type LogAdmin,
  type Operation,
  type Right,
  type TopicDescription,
  type TopicSpec,
} from '@millrace/stream';

import { isCoordinatorSettling } from './cluster/coordinator-settling.ts';
import type { KafkaCluster } from './cluster/kafka-cluster.ts';
import { logError } from './cluster/log-error.ts';
import { committedPositions } from './group/committed-positions.ts';
import { apiVersionsRequest } from './requests/api-versions.ts';
import { deleteGroupRequest, describeGroupRequest } from './requests/group.ts';
import type { TopicMetadata } from './requests/metadata.ts';
import { unspokenOf } from './requests/needed-versions.ts';
import { ProtocolError, protocolErrorType } from './requests/protocol-error.ts';
import type { Request } from './requests/request.ts';
import {
  createTopicsRequest,
  deleteTopicsRequest,
  describeTopicsRequest,
  type TopicAnswer,
} from './requests/topics.ts';

const CODE = { unknownTopic: 3, topicDenied: 29, topicExists: 36 } as const;
const POLL_MS = 20;
const LIMIT_MS = 30_000;

/** Topics and groups, from outside. */
export class KafkaAdmin implements LogAdmin {
  readonly #clock: Clock;
  readonly #cluster: KafkaCluster;

  constructor(clock: Clock, cluster: KafkaCluster) {
    this.#clock = clock;
    this.#cluster = cluster;
  }

  brokers(): Promise<BrokersFound> {
    return this.#doing('asking the brokers what they speak', async () => {
      const first = unspokenOf(await this.#cluster.sendToAny(apiVersionsRequest()));
      if (first.length > 0) return { unspoken: first, silent: [] }; // such a broker may not know how to name the others
      const { nodes } = await this.#cluster.describe([]);
      const asked = nodes.map(({ nodeId }) => this.#cluster.send(nodeId, 'any', apiVersionsRequest()));
      const found = await Promise.allSettled(asked);
      if (found.every(({ status }) => status === 'rejected')) await Promise.all(asked); // their addresses may be wrong
      return {
        unspoken: [...new Set(found.flatMap((one) => (one.status === 'fulfilled' ? unspokenOf(one.value) : [])))],
        silent: nodes.filter((_, i) => found[i]?.status === 'rejected').map(({ host, port }) => `${host}:${port}`),
      };
    });
  }

  describe(topics: readonly string[]): Promise<ReadonlyMap<string, TopicDescription>> {
    return this.#doing('describing topics', async () => {
      const found = (await this.#cluster.describe(topics)).topics.filter(exists);
      const denied = found.filter(({ errorCode }) => errorCode === CODE.topicDenied);
      if (denied.length > 0) throw rightsMissing(denied.map(({ topic }) => `Describe on topic ${topic}`));
      if (found.length === 0) return new Map();
      const configs = await this.#cluster.sendToAny(describeTopicsRequest(found.map(({ topic }) => topic)));
      assertAnswered('DescribeConfigs', configs, []);
      const configOf = new Map(configs.map(({ topic, config }) => [topic, config]));
      return new Map(
        found.map(({ topic, leaders, replicas }) => [
          topic,
          { topic, partitions: leaders.length, replicas, config: configOf.get(topic) ?? {} },
        ]),
      );
    });
  }

  list(): Promise<readonly string[]> {
    return this.#doing('listing topics', async () => {
      const { topics } = await this.#cluster.describe(null);
      return topics.filter(({ internal }) => !internal).map(({ topic }) => topic);
    });
  }

  create(specs: readonly TopicSpec[]): Promise<void> {
    return this.#doing('creating topics', async () => {
      if (specs.length === 0) return;
      const answers = await this.#cluster.sendToController(createTopicsRequest(specs));
      assertAnswered('Create', answers, [CODE.topicExists]);
      const names = specs.map(({ topic }) => topic);
      await this.#until(names, 'have a leader', (topics) => topics.length === names.length && topics.every(isLed));
    });
  }

  delete(topics: readonly string[]): Promise<void> {
    return this.#doing('deleting topics', async () => {
      if (topics.length === 0) return;
      const answers = await this.#cluster.sendToController(deleteTopicsRequest(topics));
      assertAnswered('Delete', answers, [CODE.unknownTopic]);
      await this.#until(topics, 'be gone', (found) => !found.some(exists));
    });
  }

  committed(
    groupId: string,
    partitions: readonly TopicPartition[],
  ): Promise<ReadonlyMap<string, CommittedPosition | null>> {
    const query = { cluster: this.#cluster, clock: this.#clock, groupId, partitions, goOn: () => undefined };
    return this.#doing(`reading the committed positions of group ${groupId}`, () => committedPositions(query));
  }

  members(groupId: string): Promise<readonly string[]> {
    return this.#doing(`asking who is in the group ${groupId}`, () =>
      this.#askCoordinator(groupId, describeGroupRequest(groupId)).then(({ members }) => members),
    );
  }

  missing(rights: readonly Right[]): Promise<readonly Right[]> {
    return this.#doing('asking what is granted', async () => {
      const has = new Map<string, ReadonlySet<Operation> | null>();
      const names = (kind: Right['kind']) => [...new Set(rights.filter((right) => right.kind === kind).map(nameOf))];
      for (const topic of (await this.#cluster.describe(names('topic'), true)).topics)
        has.set(`topic ${topic.topic}`, topic.errorCode === CODE.topicDenied ? new Set() : topic.rights);
      for (const group of names('group')) has.set(`group ${group}`, await this.#rightsOnGroup(group));
      return rights.filter(({ kind, name, operation }) => has.get(`${kind} ${name}`)?.has(operation) === false);
    });
  }

  deleteGroup(groupId: string): Promise<boolean> {
    return this.#doing(`deleting the group ${groupId}`, async () => {
      try {
        await this.#askCoordinator(groupId, deleteGroupRequest(groupId));
        return true;
      } catch (error) {
        if (protocolErrorType(error) === 'GROUP_ID_NOT_FOUND') return true;
        if (protocolErrorType(error) === 'NON_EMPTY_GROUP') return false;
        throw error;
      }
    });
  }

  async close(): Promise<void> {
    this.#cluster.close();
  }

  async #rightsOnGroup(groupId: string): Promise<ReadonlySet<Operation> | null> {
    try {
      return (await this.#askCoordinator(groupId, describeGroupRequest(groupId, true))).rights;
    } catch (error) {
      if (protocolErrorType(error) === 'GROUP_AUTHORIZATION_FAILED') return new Set();
      throw error;
    }
  }

  /** Again while the coordinator is just coming to be it. */
  async #askCoordinator<T>(groupId: string, request: Request<T>): Promise<T> {
    const deadlineMs = this.#clock.elapsed() + LIMIT_MS;
    for (;;) {
      try {
        return await this.#cluster.sendToCoordinator('group', groupId, 'admin', request);
      } catch (error) {
        if (!isCoordinatorSettling(error) || this.#clock.elapsed() > deadlineMs) throw error;
      }
      await this.#clock.sleep(POLL_MS);
    }
  }

  async #until(
    topics: readonly string[],
    what: string,
    isSo: (topics: readonly TopicMetadata[]) => boolean,
  ): Promise<void> {
    for (const startedAt = this.#clock.elapsed(); !isSo((await this.#cluster.describe(topics)).topics);) {
      if (this.#clock.elapsed() - startedAt > LIMIT_MS)
        throw new AppError('LOG_UNAVAILABLE', `${topics.join(', ')} did not ${what} within 30 s.`);
      await this.#clock.sleep(POLL_MS);
    }
  }

  async #doing<T>(what: string, act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (error) {
      const failure = logError(error, what);
      if (failure.class === 'retry') this.#cluster.forget();
      throw failure;
    }
  }
}

function exists({ errorCode }: TopicMetadata): boolean {
  return errorCode !== CODE.unknownTopic;
}

function isLed({ errorCode, leaders }: TopicMetadata): boolean {
  return errorCode === 0 && leaders.length > 0 && leaders.every((leader) => leader >= 0);
}

/** @throws AppError `RIGHTS_MISSING`; `TOPIC_MISMATCH` with the broker's words where it does not accept a topic's settings; what passes is left to `logError` */
function assertAnswered(operation: string, answers: readonly TopicAnswer[], accepted: readonly number[]): void {
  const failed = answers.find(({ errorCode }) => errorCode !== 0 && !accepted.includes(errorCode));
  if (!failed) return;
  const error = new ProtocolError(failed.errorCode);
  if (error.means === 'LOG_UNAVAILABLE') throw error;
  if (error.means === 'RIGHTS_MISSING') throw rightsMissing([`${operation} on topic ${failed.topic}`]);
  throw new AppError(
    'TOPIC_MISMATCH',
    `${failed.topic}: the broker answers ${error.type}. ${failed.message ?? ''}`.trim(),
    { cause: error },
  );
}

function nameOf({ name }: Right): string {
  return name;
}
