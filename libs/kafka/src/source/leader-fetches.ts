import type { FetchLimits, FetchPosition } from '@millrace/stream';

import type { BrokerLink } from '../cluster/broker-link.ts';
import type { KafkaCluster } from '../cluster/kafka-cluster.ts';
import { fetchRequest, type PartitionFetch } from '../requests/fetch.ts';

/** One fetch from one leader: under way, answered, or failed. */
export interface LeaderFetch {
  readonly nodeId: number;
  readonly positions: readonly FetchPosition[];
  /** Resolves, and never rejects, when there is an answer or an error. */
  readonly done: Promise<void>;
  answer: readonly PartitionFetch[] | null;
  error: unknown;
}

/**
 * The fetches under way and the connections that they use. A broker answers the requests of a connection one after the
 * other, so every fetch has a connection to itself: one that waits for news holds no other up.
 */
export class LeaderFetches {
  readonly #cluster: KafkaCluster;
  readonly #idle = new Map<number, BrokerLink[]>();
  readonly #busy = new Set<BrokerLink>();
  /** Asked by a call that has returned, and perhaps just what the next call wants to ask. */
  #left: LeaderFetch[] = [];
  #turn = 0;
  #closed = false;

  constructor(cluster: KafkaCluster) {
    this.#cluster = cluster;
  }

  start(nodeId: number, positions: readonly FetchPosition[], limits: FetchLimits): LeaderFetch {
    const found = this.#left.find((fetch) => fetch.nodeId === nodeId && samePositions(fetch.positions, positions));
    this.#left = this.#left.filter((fetch) => fetch !== found && fetch.answer === null && fetch.error === null);
    return found ?? this.#begin(nodeId, positions, limits);
  }

  /** For the next call to take up. */
  leave(fetch: LeaderFetch): void {
    this.#left.push(fetch);
  }

  close(): void {
    this.#closed = true;
    for (const link of [...this.#busy, ...[...this.#idle.values()].flat()]) link.close();
  }

  #begin(nodeId: number, positions: readonly FetchPosition[], limits: FetchLimits): LeaderFetch {
    const done = this.#send(nodeId, this.#rotated(positions), limits).then(
      (answer) => {
        fetch.answer = answer;
      },
      (error: unknown) => {
        fetch.error = error;
      },
    );
    const fetch: LeaderFetch = { nodeId, positions, done, answer: null, error: null };
    return fetch;
  }

  /** An answer has room for so much: another partition comes first each time, or a busy one would starve the rest. */
  #rotated(positions: readonly FetchPosition[]): readonly FetchPosition[] {
    const from = this.#turn++ % positions.length;
    return [...positions.slice(from), ...positions.slice(0, from)];
  }

  async #send(
    nodeId: number,
    positions: readonly FetchPosition[],
    limits: FetchLimits,
  ): Promise<readonly PartitionFetch[]> {
    const link = this.#takeIdle(nodeId) ?? (await this.#cluster.openLink(nodeId));
    if (this.#closed) link.close();
    this.#busy.add(link);
    try {
      return await link.send(fetchRequest(positions, limits));
    } finally {
      this.#busy.delete(link);
      if (link.isOpen) this.#idle.set(nodeId, [...(this.#idle.get(nodeId) ?? []), link]);
    }
  }

  #takeIdle(nodeId: number): BrokerLink | null {
    const links = this.#idle.get(nodeId) ?? [];
    for (let link = links.pop(); link; link = links.pop()) if (link.isOpen) return link;
    return null;
  }
}

function samePositions(some: readonly FetchPosition[], others: readonly FetchPosition[]): boolean {
  return (
    some.length === others.length &&
    some.every(
      (at, i) =>
        at.offset === others[i]?.offset && at.partition === others[i]?.partition && at.topic === others[i]?.topic,
    )
  );
}
