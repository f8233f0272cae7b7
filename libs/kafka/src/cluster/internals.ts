import '../patches/index.ts';
import type { Socket } from 'node:net';
import type { ConnectionOptions } from 'node:tls';

import { kafkajsModuleWith } from '../patches/kafkajs-module.ts';
import { FRAME_MODULE, frameInOneAllocation } from '../patches/one-allocation-request.ts';

/** Types of the little that is used of kafkajs' inside, as it is in the pinned version. */
export interface Connection {
  /** What has come of a response that is not whole yet. */
  chunks: readonly Buffer[];
  setVersions(versions: Readonly<Record<number, { minVersion: number; maxVersion: number }>>): void;
  setSupportAuthenticationProtocol(supported: boolean): void;
  connect(): Promise<unknown>;
  /** SASL; does nothing without it. */
  authenticate(): Promise<void>;
  isConnected(): boolean;
  send<T extends object>(protocol: ConnectionRequest<T>): Promise<T>;
  /** Fails everything that waits for an answer. */
  rejectRequests(reason: Error): void;
  /** Waits for what is in flight. */
  disconnect(): Promise<unknown>;
}

export interface ConnectionRequest<T> {
  readonly request: {
    readonly apiKey: number;
    readonly apiVersion: number;
    readonly apiName: string;
    readonly encode: () => Promise<{ readonly buffer: Buffer }>;
    readonly headroom: number;
  };
  readonly response: { readonly decode: (body: Buffer) => Promise<T>; readonly parse: (decoded: T) => Promise<T> };
  /** Only ever raises the connection's own. */
  readonly requestTimeout: number | null;
  readonly logResponseError: boolean;
}

export interface SocketRequest {
  readonly host: string;
  readonly port: number;
  readonly ssl: ConnectionOptions | null;
  readonly onConnect: () => void;
}

export interface Sasl {
  readonly mechanism: string;
  readonly username?: string;
  readonly password?: string;
  /** For `oauthbearer`: asked at each login. */
  readonly oauthBearerProvider?: () => Promise<{ readonly value: string }>;
}

interface Logger {
  namespace(name: string): Logger;
  debug(): void;
  info(): void;
  warn(): void;
  error(): void;
}

export interface ConnectionOptionsOfKafkajs {
  readonly host: string;
  readonly port: number;
  readonly clientId: string;
  readonly ssl: ConnectionOptions | null;
  readonly sasl: Sasl | null;
  readonly socketFactory: (request: SocketRequest) => Socket;
  readonly connectionTimeout: number;
  readonly requestTimeout: number;
  readonly enforceRequestTimeout: boolean;
  readonly logger: Logger;
}

export const ConnectionOfKafkajs = kafkajsModuleWith<new (options: ConnectionOptionsOfKafkajs) => Connection>(
  'network/connection.js',
  {
    path: FRAME_MODULE,
    exports: frameInOneAllocation,
  },
);

const ignore = (): void => undefined;

/** Whatever kafkajs would say is in the errors that it throws. */
export const silentLogger: Logger = {
  namespace: () => silentLogger,
  debug: ignore,
  info: ignore,
  warn: ignore,
  error: ignore,
};
