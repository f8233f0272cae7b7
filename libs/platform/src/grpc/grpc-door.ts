import {
  logVerbosity,
  Server,
  ServerCredentials,
  setLogVerbosity,
  type ServiceDefinition,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import type { Clock } from '@millrace/core';

import { cannotListen } from '../http/cannot-listen.ts';
import { BODY_BYTES } from '../http/read-body.ts';
import type { DoorCertificate } from '../tls/door-certificate.ts';
import { GrpcHandler, type GrpcHandlerParts } from './grpc-handlers.ts';
import type { GrpcDefinition, GrpcService } from './grpc-service.ts';
import { healthService } from './health-service.ts';
import { TlsCredentials } from './tls-credentials.ts';
import { wireMethods } from './wire-method.ts';

// what it would print is in the errors that it gives
setLogVerbosity(logVerbosity.NONE);

/** Beside a tensor of as many bytes as a body over HTTP may have there is what describes it. */
const MESSAGE_BYTES = BODY_BYTES + (64 << 10);
/** Calls that a connection may have open. */
const STREAMS = 1000;
/** A connection from which nothing comes is asked for a sign of life, and has as long for that. */
const KEEP_ALIVE_MS = 30_000;
/** Calls that are open when the door closes may take so long to end. */
const CLOSE_MS = 3000;

/** A gRPC server: the only user of grpc-js. */
export class GrpcDoor {
  readonly #server: Server;
  readonly #clock: Clock;
  readonly #credentials: ServerCredentials;

  /** @param certificate null: what is said is not encrypted */
  constructor(
    { services, keys }: GrpcDefinition,
    parts: Omit<GrpcHandlerParts, 'keys'>,
    certificate: DoorCertificate | null,
    keepAliveMs = KEEP_ALIVE_MS,
  ) {
    this.#clock = parts.clock;
    this.#server = new Server({
      'grpc.max_receive_message_length': MESSAGE_BYTES,
      'grpc.max_concurrent_streams': STREAMS,
      'grpc.keepalive_time_ms': keepAliveMs,
      'grpc.keepalive_timeout_ms': keepAliveMs,
    });
    this.#credentials = certificate ? tlsCredentials(certificate) : ServerCredentials.createInsecure();
    for (const service of [...services, healthService(services)]) this.#add(service, { ...parts, keys });
  }

  /**
   * @returns its URL
   * @throws AppError `PORT_IN_USE`; `CONFIG_INVALID` where the address is not this machine's to use
   */
  async open(host: string, port: number): Promise<string> {
    const name = host.includes(':') ? `[${host}]` : host;
    const bound = await new Promise<number>((resolve, reject) => {
      this.#server.bindAsync(`${name}:${port}`, this.#credentials, (error, found) => {
        if (error) reject(cannotListen(error, host, port, '--grpc'));
        else resolve(found);
      });
    });
    return `${this.#credentials._isSecure() ? 'grpcs' : 'grpc'}://${name}:${bound}`;
  }

  /** Takes no more calls, and waits a while for those that are open. */
  async close(): Promise<void> {
    const closed = new AbortController();
    const ended = new Promise<void>((resolve) => {
      this.#server.tryShutdown(() => resolve());
    });
    await Promise.race([ended, this.#clock.sleep(CLOSE_MS, closed.signal)]);
    closed.abort();
    this.#server.forceShutdown();
  }

  #add({ proto, name, methods }: GrpcService, parts: GrpcHandlerParts): void {
    const definition: Record<string, ServiceDefinition[string]> = {};
    const handlers: UntypedServiceImplementation = {};
    for (const wire of wireMethods(proto, name)) {
      // messages go as they are: what they cost, and to whom they may be said, is known before they are read
      const codec = {
        requestSerialize: asIs,
        requestDeserialize: asIs,
        responseSerialize: asIs,
        responseDeserialize: asIs,
      };
      definition[wire.name] = { path: wire.path, requestStream: wire.streams, responseStream: wire.streams, ...codec };
      const method = methods[wire.name];
      if (!method) continue;
      const handler = new GrpcHandler(wire, method, parts);
      handlers[wire.name] = wire.streams ? handler.stream : handler.unary;
    }
    this.#server.addService(definition, handlers);
  }
}

function tlsCredentials(certificate: DoorCertificate): ServerCredentials {
  const credentials = new TlsCredentials(certificate.current);
  certificate.renewed((renewed) => credentials.renew(renewed));
  return credentials;
}

function asIs(bytes: Buffer): Buffer {
  return bytes;
}
