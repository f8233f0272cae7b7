import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

import { API_KEYS } from '../requests/request.ts';
import { WireReader } from '../wire/wire-reader.ts';
import { WireWriter } from '../wire/wire-writer.ts';

export type Api = keyof typeof API_KEYS;

/** The body of the answer, or the connection is cut without one. */
export type Script = (api: Api, body: WireReader) => WireWriter | 'cut';

const NODE_ID = 1;
const PARTITIONS = 4;
const NO_RIGHTS_ASKED = -(2 ** 31);
const CORRELATION_AT = 4;
const HEADER_BYTES = 8;

/**
 * A broker that says what a test wants it to say: what a real one cannot be made to say at a given moment. By itself it
 * answers only who leads and coordinates: it does, four partitions of every topic.
 */
export class ScriptedBroker {
  /** What it was asked, in order; without questions of who leads and coordinates. */
  readonly asked: Api[] = [];
  /** Ports of the brokers that it lists. */
  listed: readonly number[] = [];
  readonly #server: Server;
  readonly #script: Script;
  readonly #sockets = new Set<Socket>();

  private constructor(script: Script) {
    this.#script = script;
    this.#server = createServer((socket) => this.#serve(socket));
  }

  static async listen(script: Script): Promise<ScriptedBroker> {
    const broker = new ScriptedBroker(script);
    broker.#server.listen(0, '127.0.0.1');
    await new Promise((resolve) => broker.#server.once('listening', resolve));
    broker.listed = [broker.#port];
    return broker;
  }

  get address(): string {
    return `127.0.0.1:${this.#port}`;
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }

  get #port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  #serve(socket: Socket): void {
    let waiting: Buffer = Buffer.alloc(0);
    this.#sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      waiting = Buffer.concat([waiting, chunk]);
      while (waiting.length >= 4 && waiting.length >= 4 + waiting.readInt32BE(0)) {
        const end = 4 + waiting.readInt32BE(0);
        this.#answer(socket, waiting.subarray(4, end));
        waiting = waiting.subarray(end);
      }
    });
  }

  #answer(socket: Socket, request: Buffer): void {
    const clientBytes = Math.max(0, request.readInt16BE(HEADER_BYTES));
    const body = new WireReader(request.subarray(HEADER_BYTES + 2 + clientBytes));
    const api = Object.entries(API_KEYS).find(([, key]) => key === request.readInt16BE(0))?.[0] as Api;
    const answer = this.#own(api, body) ?? this.#scripted(api, body);
    if (answer === 'cut') return void socket.destroy();
    const head = new WireWriter().int32(answer.buffer.length + 4).int32(request.readInt32BE(CORRELATION_AT));
    socket.write(Buffer.concat([head.buffer, answer.buffer]));
  }

  #scripted(api: Api, body: WireReader): WireWriter | 'cut' {
    this.asked.push(api);
    return this.#script(api, body);
  }

  #own(api: Api, body: WireReader): WireWriter | null {
    if (api === 'FindCoordinator')
      return new WireWriter().int32(0).int16(0).string(null).int32(NODE_ID).string('127.0.0.1').int32(this.#port);
    if (api !== 'Metadata') return null;
    const topics = body.array(() => body.string() ?? '');
    const writer = new WireWriter().int32(0);
    writer.array([...this.listed.entries()], ([i, port]) =>
      writer
        .int32(NODE_ID + i)
        .string('127.0.0.1')
        .int32(port)
        .string(null),
    );
    writer.string('scripted').int32(NODE_ID);
    return writer.array(topics, (topic) => writeTopic(writer, topic)).int32(NO_RIGHTS_ASKED);
  }
}

function writeTopic(writer: WireWriter, topic: string): void {
  const partitions = Array.from({ length: PARTITIONS }, (_, partition) => partition);
  writer.int16(0).string(topic).boolean(false);
  writer.array(partitions, (partition) => {
    writer.int16(0).int32(partition).int32(NODE_ID).int32(0);
    for (let list = 0; list < 3; list++) writer.array([], () => undefined); // replicas, in sync, offline
  });
  writer.int32(NO_RIGHTS_ASKED);
}
