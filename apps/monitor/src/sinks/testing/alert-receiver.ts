import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ReceivedPost {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** An HTTP server that keeps what is posted to it, and answers as it is told. */
export class AlertReceiver {
  readonly posts: ReceivedPost[] = [];
  /** By the number of posts before. Null: none, ever. */
  answer: (before: number) => Answer | null = () => ({ status: 200, body: 'ok' });
  port = 0;
  readonly #server: Server;
  #arrived = Promise.withResolvers<void>();

  private constructor() {
    this.#server = createServer((request, response) => void this.#take(request, response));
  }

  /** @param port 0: a free one */
  static async open(port = 0): Promise<AlertReceiver> {
    const receiver = new AlertReceiver();
    receiver.#server.listen(port, '127.0.0.1');
    await once(receiver.#server, 'listening');
    receiver.port = (receiver.#server.address() as AddressInfo).port;
    return receiver;
  }

  get url(): URL {
    return new URL(`http://127.0.0.1:${this.port}/hook`);
  }

  /** Resolves when so many have come in all. */
  async until(posts: number): Promise<void> {
    while (this.posts.length < posts) await this.#arrived.promise;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    if (this.#server.listening) await new Promise((resolve) => this.#server.close(resolve));
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const answer = this.answer(this.posts.length);
    this.posts.push({ path: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks).toString() });
    if (answer) response.writeHead(answer.status, answer.headers).end(answer.body);
    this.#arrived.resolve();
    this.#arrived = Promise.withResolvers();
  }
}
