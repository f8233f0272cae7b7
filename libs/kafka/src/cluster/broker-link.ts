import { connect as connectPlain, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

import { protocolErrorType } from '../requests/protocol-error.ts';
import { API_KEYS, type Request } from '../requests/request.ts';
import { WireReader } from '../wire/wire-reader.ts';
import type { ConnectionSettings } from './connection-settings.ts';
import { FrameAssembler } from './frame-assembler.ts';
import { ConnectionOfKafkajs, silentLogger, type Connection, type SocketRequest } from './internals.ts';

const CONNECT_TIMEOUT_MS = 2000;
const REQUEST_TIMEOUT_MS = 10_000;
const KEEP_ALIVE_MS = 60_000;
const READ_BYTES = 64 << 10;
/** SaslHandshake and SaslAuthenticate: in every broker since Kafka 1.0. */
const SASL_VERSIONS = { 17: { minVersion: 0, maxVersion: 1 }, 36: { minVersion: 0, maxVersion: 1 } };

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** One connection to one broker. Requests are answered in the order in which they are sent; a broken link stays broken. */
export class BrokerLink {
  readonly address: Address;
  readonly #connection: Connection;
  #sockets: Socket[] = [];

  private constructor(address: Address, { clientId, ssl, sasl }: ConnectionSettings) {
    const { host, port } = address;
    this.address = address;
    this.#connection = new ConnectionOfKafkajs({
      host,
      port,
      clientId,
      ssl: ssl ?? null,
      sasl: sasl ?? null,
      socketFactory: (request) => this.#openSocket(request),
      connectionTimeout: CONNECT_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      enforceRequestTimeout: true,
      logger: silentLogger,
    });
    this.#connection.setVersions(SASL_VERSIONS);
    this.#connection.setSupportAuthenticationProtocol(true);
  }

  static async open(address: Address, settings: ConnectionSettings): Promise<BrokerLink> {
    const link = new BrokerLink(address, settings);
    try {
      await link.#connection.connect();
      await link.#connection.authenticate();
      return link;
    } catch (error) {
      link.close();
      throw error;
    }
  }

  get isOpen(): boolean {
    return this.#connection.isConnected();
  }

  /** An error other than the broker's own answer closes the link: what it would bring next is not known. */
  async send<T>({ api, version, encode, decode, headroom = 0, timeoutMs }: Request<T>): Promise<T> {
    try {
      const { answer } = await this.#connection.send({
        request: {
          apiKey: API_KEYS[api],
          apiVersion: version,
          apiName: api,
          encode: async () => ({ buffer: encode() }),
          headroom,
        },
        response: {
          decode: async (body) => decodeWith(decode, new WireReader(body)),
          parse: async (decoded) => decoded,
        },
        requestTimeout: timeoutMs ?? null,
        logResponseError: false,
      });
      return answer;
    } catch (error) {
      if (protocolErrorType(error) === null) this.close();
      throw error;
    }
  }

  /** At once: what is in flight fails. */
  close(): void {
    this.#connection.rejectRequests(new Error('the connection was closed'));
    void this.#connection.disconnect();
    for (const socket of this.#sockets) socket.destroy();
  }

  #openSocket({ host, port, ssl, onConnect }: SocketRequest): Socket {
    const socket = ssl
      ? connectTls({ host, port, ...(isIP(host) ? {} : { servername: host }), ...ssl }, onConnect)
      : this.#connectInFrames(onConnect);
    socket.setNoDelay(true); // a request goes out at once: Nagle's algorithm would hold small ones back
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    this.#sockets.push(socket);
    return socket;
  }

  /**
   * A socket whose `data` events are whole responses. kafkajs would copy each of them once more, to join it to the empty
   * rest of the one before.
   */
  #connectInFrames(onConnect: () => void): Socket {
    const frames = new FrameAssembler((frame) => {
      this.#connection.chunks = [];
      socket.emit('data', frame);
    });
    const callback = (bytes: number, buffer: Uint8Array): boolean => {
      try {
        frames.push(buffer.subarray(0, bytes));
      } catch (error) {
        socket.destroy(error as Error);
      }
      return true;
    };
    const buffer = Buffer.allocUnsafeSlow(READ_BYTES);
    const socket = connectPlain({ ...this.address, onread: { buffer, callback } }, onConnect);
    return socket;
  }
}

/** With the field by which kafkajs holds further requests back. */
function decodeWith<T>(
  decode: (reader: WireReader) => T,
  reader: WireReader,
): { readonly answer: T; readonly clientSideThrottleTime: number } {
  const answer = decode(reader);
  return { answer, clientSideThrottleTime: reader.throttleMs };
}
