import { once } from 'node:events';
import { createServer, type Server } from 'node:net';

import { HeldRequest } from './held-request.ts';
import { ProxiedConnection } from './proxied-connection.ts';
import type { ApiName, RequestHeader } from './request-header.ts';

export interface RequestMatch {
  readonly api: ApiName;
  readonly clientId: string;
}

interface Trap extends RequestMatch {
  readonly spring: (held: HeldRequest) => void;
}

/** Stands between workers and their broker and understands enough of Kafka's protocol to stop a chosen request. */
export class KafkaProxy implements AsyncDisposable {
  readonly address: string;
  readonly #server: Server;
  readonly #connections = new Set<ProxiedConnection>();
  readonly #seen = new Map<string, number>();
  #traps: readonly Trap[] = [];

  private constructor(port: number, brokerPort: number) {
    this.address = `127.0.0.1:${port}`;
    this.#server = createServer((client) => {
      const connection = new ProxiedConnection(client, brokerPort, (header) => this.#notice(header));
      this.#connections.add(connection);
      client.once('close', () => this.#connections.delete(connection));
    });
    this.#server.listen(port, '127.0.0.1');
  }

  /** @param port where clients of the broker's second listener are told to connect to */
  static async listen(port: number, brokerPort: number): Promise<KafkaProxy> {
    const proxy = new KafkaProxy(port, brokerPort);
    await once(proxy.#server, 'listening');
    return proxy;
  }

  /** Stops the next request of that kind; all that follows on its connection waits behind it. */
  hold(match: RequestMatch): Promise<HeldRequest> {
    return new Promise((spring) => {
      this.#traps = [...this.#traps, { ...match, spring }];
    });
  }

  /** How many requests of that kind have come so far. */
  seen(match: RequestMatch): number {
    return this.#seen.get(nameOf(match)) ?? 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const connection of this.#connections) connection.cut();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #notice(header: RequestHeader): HeldRequest | null {
    const name = nameOf(header);
    this.#seen.set(name, (this.#seen.get(name) ?? 0) + 1);
    const trap = this.#traps.find((trap) => nameOf(trap) === name);
    if (trap === undefined) return null;
    this.#traps = this.#traps.filter((other) => other !== trap);
    const held = new HeldRequest();
    trap.spring(held);
    return held;
  }
}

function nameOf({ api, clientId }: RequestMatch): string {
  return `${api} ${clientId}`;
}
