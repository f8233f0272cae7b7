import { connect, type Socket } from 'node:net';

import { FrameSplitter } from './frame-splitter.ts';
import type { HeldRequest, Verdict } from './held-request.ts';
import { readCorrelationId, readRequestHeader, type RequestHeader } from './request-header.ts';

interface Awaited {
  readonly held: HeldRequest;
  readonly verdict: Verdict;
}

/** One client's connection through the proxy: requests go on in order, one may be held, a reply may be kept back. */
export class ProxiedConnection {
  readonly #client: Socket;
  readonly #broker: Socket;
  readonly #holdOf: (header: RequestHeader) => HeldRequest | null;
  /** Held requests that went on and are not answered yet, by correlation id. */
  readonly #awaited = new Map<number, Awaited>();
  #forwarding: Promise<void> = Promise.resolve();

  /** @param holdOf asked for every request; null lets it pass */
  constructor(client: Socket, brokerPort: number, holdOf: (header: RequestHeader) => HeldRequest | null) {
    this.#client = client;
    this.#holdOf = holdOf;
    this.#broker = connect({ host: '127.0.0.1', port: brokerPort });
    const [requests, replies] = [new FrameSplitter(), new FrameSplitter()];
    client.on('data', (chunk) => requests.push(chunk).forEach((frame) => this.#request(frame)));
    this.#broker.on('data', (chunk) => replies.push(chunk).forEach((frame) => this.#reply(frame)));
    for (const socket of [client, this.#broker]) socket.setNoDelay(true).on('error', () => undefined);
    client.once('close', () => void this.#forwarding.then(() => this.#broker.end())); // what it has sent still arrives
    this.#broker.once('close', () => this.cut());
  }

  /** At once, on both sides. */
  cut(): void {
    this.#client.destroy();
    this.#broker.destroy();
  }

  #request(frame: Buffer): void {
    const header = readRequestHeader(frame);
    const held = this.#holdOf(header);
    this.#forwarding = this.#forwarding.then(() => this.#forward(frame, header, held));
  }

  async #forward(frame: Buffer, { correlationId }: RequestHeader, held: HeldRequest | null): Promise<void> {
    const verdict = (await held?.decided) ?? 'pass';
    if (held !== null) this.#awaited.set(correlationId, { held, verdict });
    if (verdict === 'cut') this.cut();
    else this.#broker.write(frame);
  }

  #reply(frame: Buffer): void {
    const awaited = this.#awaited.get(readCorrelationId(frame));
    if (awaited?.verdict === 'cut-after-reply') this.cut();
    else if (!this.#client.destroyed) this.#client.write(frame);
    awaited?.held.noteAnswer();
  }
}
