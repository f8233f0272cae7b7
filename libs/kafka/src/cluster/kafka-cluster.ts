import { AppError, messageOf } from '@millrace/core';
import { partitionKey, type TopicPartition } from '@millrace/records';

import { findCoordinatorRequest, type CoordinatorKind } from '../requests/find-coordinator.ts';
import { metadataRequest, type ClusterMetadata, type Node, type TopicMetadata } from '../requests/metadata.ts';
import { protocolErrorType } from '../requests/protocol-error.ts';
import type { Request } from '../requests/request.ts';
import { BrokerLink, type Address } from './broker-link.ts';
import type { ConnectionSettings } from './connection-settings.ts';
import { isCoordinatorSettling } from './coordinator-settling.ts';
import { parseAddresses } from './parse-addresses.ts';

const UNKNOWN_TOPIC = 3;
const RETRY_MS = 50;
/** How long a partition may be without a leader, or a topic unknown, before that is an error. */
const SETTLE_MS = 10_000;
const MISSING_MS = 1000;

/** Whether any broker was ever reached: until then the fault is most likely the address. One for a whole log. */
export interface FirstContact {
  made: boolean;
}

/**
 * One client's view of the brokers: who leads which partition, who coordinates what, and a connection to each. Connects
 * when it is asked for something; after `forget` it starts anew.
 */
export class KafkaCluster {
  readonly #settings: ConnectionSettings;
  readonly #seeds: readonly Address[];
  readonly #contact: FirstContact;
  readonly #links = new Map<string, Promise<BrokerLink>>();
  readonly #nodes = new Map<number, Node>();
  readonly #topics = new Map<string, TopicMetadata>();
  readonly #coordinators = new Map<string, number>();
  #controllerId = -1;
  #seed = 0;
  #closed = false;

  constructor(settings: ConnectionSettings, contact: FirstContact) {
    this.#settings = settings;
    this.#seeds = parseAddresses(settings.brokers);
    this.#contact = contact;
  }

  /** To a broker, over the connection that is kept for `purpose`: what waits at the broker shall not hold up the rest. */
  async send<T>(nodeId: number, purpose: string, request: Request<T>): Promise<T> {
    return this.#ask(await this.#link(nodeId, purpose), request);
  }

  /** A connection of one's own; the caller closes it. */
  async openLink(nodeId: number): Promise<BrokerLink> {
    return this.#open(await this.#node(nodeId));
  }

  /** To a broker that answers: what any of them may be asked, another may be asked again. */
  async sendToAny<T>(request: Request<T>): Promise<T> {
    const known = [...this.#nodes.keys()];
    for (const nodeId of known) {
      try {
        return await this.send(nodeId, 'any', request);
      } catch (error) {
        if (this.#isFinal(error)) throw error;
        this.#nodes.delete(nodeId); // when it is named again, it is behind the others
      }
    }
    return this.#sendToSeeds(request);
  }

  async sendToController<T>(request: Request<T>): Promise<T> {
    if (this.#controllerId < 0) await this.describe([]);
    return this.send(this.#controllerId, 'any', request);
  }

  /** To the coordinator, looked up again the next time if it turns out not to be it. */
  async sendToCoordinator<T>(kind: CoordinatorKind, key: string, purpose: string, request: Request<T>): Promise<T> {
    try {
      return await this.send(await this.#coordinator(kind, key), purpose, request);
    } catch (error) {
      if (isCoordinatorSettling(error)) this.#coordinators.delete(`${kind} ${key}`);
      throw error;
    }
  }

  /** The partitions by their leaders' node ids. @throws AppError `TOPIC_MISSING` */
  async leaders<T extends TopicPartition>(partitions: readonly T[]): Promise<ReadonlyMap<number, readonly T[]>> {
    await this.#learnLeaders(partitions);
    return Map.groupBy(partitions, (at) => this.#leader(at) as number);
  }

  /** The leaders are asked for anew the next time. */
  forgetLeaders(): void {
    this.#topics.clear();
  }

  /** Asks anew. All topics when null. */
  async describe(topics: readonly string[] | null, withRights = false): Promise<ClusterMetadata> {
    const metadata = await this.sendToAny(metadataRequest(topics, withRights));
    for (const node of metadata.nodes) this.#nodes.set(node.nodeId, node);
    for (const topic of metadata.topics) this.#topics.set(topic.topic, topic);
    this.#controllerId = metadata.controllerId;
    return metadata;
  }

  /** Drops all that is known and every connection; what is in flight fails. */
  forget(): void {
    const links = [...this.#links.values()];
    this.#links.clear();
    for (const map of [this.#nodes, this.#topics, this.#coordinators]) map.clear();
    this.#controllerId = -1;
    for (const link of links)
      link.then(
        (open) => open.close(),
        () => undefined,
      );
  }

  close(): void {
    this.#closed = true;
    this.forget();
  }

  #leader({ topic, partition }: TopicPartition): number | null {
    const leader = this.#topics.get(topic)?.leaders[partition] ?? -1;
    return leader < 0 ? null : leader;
  }

  async #learnLeaders(partitions: readonly TopicPartition[]): Promise<void> {
    const { clock } = this.#settings;
    const startedAt = clock.elapsed();
    for (;;) {
      const unknown = partitions.find((at) => this.#leader(at) === null);
      if (!unknown) return;
      await this.describe([...new Set(partitions.map(({ topic }) => topic))]);
      if (this.#leader(unknown) !== null) continue;
      this.#assertStillSettling(unknown, clock.elapsed() - startedAt);
      await clock.sleep(RETRY_MS);
    }
  }

  #assertStillSettling(at: TopicPartition, waitedMs: number): void {
    const topic = this.#topics.get(at.topic);
    const missing =
      topic?.errorCode === UNKNOWN_TOPIC || (topic?.errorCode === 0 && topic.leaders[at.partition] === undefined);
    if (missing && waitedMs > MISSING_MS)
      throw new AppError(
        'TOPIC_MISSING',
        `there is no ${partitionKey(at)}. Create the topic, or check its name and partition count.`,
      );
    if (waitedMs > SETTLE_MS)
      throw new AppError('LOG_UNAVAILABLE', `${partitionKey(at)} has no leader. Check the cluster's brokers.`);
  }

  async #coordinator(kind: CoordinatorKind, key: string): Promise<number> {
    const name = `${kind} ${key}`;
    const known = this.#coordinators.get(name);
    if (known !== undefined) return known;
    const node = await this.sendToAny(findCoordinatorRequest(kind, key));
    this.#nodes.set(node.nodeId, node);
    this.#coordinators.set(name, node.nodeId);
    return node.nodeId;
  }

  async #node(nodeId: number): Promise<Address> {
    if (!this.#nodes.has(nodeId)) await this.describe([]);
    const node = this.#nodes.get(nodeId);
    if (node) return node;
    throw new AppError('LOG_UNAVAILABLE', `the cluster names broker ${nodeId} and does not list it.`);
  }

  #link(nodeId: number, purpose: string): Promise<BrokerLink> {
    return this.#kept(`${nodeId} ${purpose}`, async () => this.#open(await this.#node(nodeId)));
  }

  /** Beginning with the one that answered last. */
  async #sendToSeeds<T>(request: Request<T>): Promise<T> {
    const from = this.#seed;
    for (let tries = 1; ; tries++) {
      const seed = this.#seeds[this.#seed] as Address;
      try {
        return await this.#ask(await this.#kept('seed', () => this.#open(seed)), request);
      } catch (error) {
        if (this.#isFinal(error) || tries === this.#seeds.length) throw error;
        this.#seed = (from + tries) % this.#seeds.length;
      }
    }
  }

  /** A broker has answered, or nobody wants to know any more. */
  #isFinal(error: unknown): boolean {
    return this.#closed || protocolErrorType(error) !== null;
  }

  /** One connection per name, opened again when it broke. */
  async #kept(name: string, open: () => Promise<BrokerLink>): Promise<BrokerLink> {
    const kept = this.#links.get(name);
    const link = await kept?.catch(() => null);
    if (link?.isOpen) return link;
    if (this.#links.get(name) !== kept) return this.#kept(name, open);
    const opening = open();
    this.#links.set(name, opening);
    return opening;
  }

  async #ask<T>(link: BrokerLink, request: Request<T>): Promise<T> {
    try {
      const answer = await link.send(request);
      this.#contact.made = true;
      return answer;
    } catch (error) {
      throw protocolErrorType(error) === null ? this.#lost(link.address, error) : error;
    }
  }

  async #open(address: Address): Promise<BrokerLink> {
    if (this.#closed) throw new AppError('LOG_UNAVAILABLE', 'the connection was closed.');
    try {
      return await BrokerLink.open(address, this.#settings);
    } catch (error) {
      throw this.#lost(address, error);
    }
  }

  /** An error that is not a broker's answer. */
  #lost({ host, port }: Address, error: unknown): AppError {
    const where = `${host}:${port}`;
    if (this.#contact.made)
      return new AppError('LOG_UNAVAILABLE', `the connection to ${where}: ${messageOf(error)}`, { cause: error });
    return new AppError(
      'LOG_UNREACHABLE',
      `no Kafka broker answers at ${where} (${messageOf(error)}). Start Kafka, or name its address (KAFKA_BROKERS, --kafka-brokers) and its security (KAFKA_SECURITY_PROTOCOL and the settings beside it).`,
      { cause: error },
    );
  }
}
