import { readFileSync } from 'node:fs';

import { Client, credentials, Metadata, type ClientDuplexStream, type ServiceError } from '@grpc/grpc-js';
import protobuf from 'protobufjs';

export { status as grpcStatus, type ServiceError as GrpcRefusal } from '@grpc/grpc-js';

/** gRPC's health protocol. */
export const HEALTH_PROTO = new URL('../../proto/health.proto', import.meta.url);

export interface GrpcCallOptions {
  readonly metadata?: Readonly<Record<string, string>>;
  /** From now on. */
  readonly deadlineMs?: number;
  readonly signal?: AbortSignal;
}

/** A client of one service, made from its `.proto` file; 64-bit integers come as numbers. */
export class GrpcClient implements Disposable {
  readonly #client: Client;
  readonly #service: protobuf.Service;
  readonly #path: string;

  /**
   * @param url as a service says it: `grpc://127.0.0.1:8084`
   * @param trusted a certificate, PEM, for a door with TLS
   */
  constructor(url: string | null, proto: URL, service: string, trusted?: string) {
    const secrecy = trusted === undefined ? credentials.createInsecure() : credentials.createSsl(Buffer.from(trusted));
    this.#client = new Client(String(url).replace(/^grpcs?:\/\//, ''), secrecy);
    this.#path = service;
    const { root } = protobuf.parse(readFileSync(proto, 'utf8'), new protobuf.Root(), { keepCase: true });
    this.#service = root.lookupService(service);
  }

  /** @throws ServiceError */
  call(method: string, message: object, options: GrpcCallOptions = {}): Promise<Record<string, unknown>> {
    const { signal } = options;
    return new Promise((resolve, reject) => {
      const call = this.#client.makeUnaryRequest(
        `/${this.#path}/${method}`,
        this.#write(method),
        this.#read(method),
        message,
        metadataOf(options),
        deadlineOf(options),
        (error: ServiceError | null, answer) => (answer === undefined ? reject(error as Error) : resolve(answer)),
      );
      signal?.addEventListener('abort', () => call.cancel());
    });
  }

  /** A message as a method's bytes. */
  bytesOf(method: string, message: object): Buffer {
    return this.#write(method)(message);
  }

  /** A method that the file does not have, with an empty message. */
  unknown(method: string): Promise<Buffer | undefined> {
    const asIs = (bytes: Buffer): Buffer => bytes;
    return new Promise((resolve, reject) => {
      this.#client.makeUnaryRequest(`/${this.#path}/${method}`, asIs, asIs, Buffer.alloc(0), (error, answer) =>
        error ? reject(error) : resolve(answer),
      );
    });
  }

  stream(method: string, options: GrpcCallOptions = {}): ClientDuplexStream<object, Record<string, unknown>> {
    return this.#client.makeBidiStreamRequest(
      `/${this.#path}/${method}`,
      this.#write(method),
      this.#read(method),
      metadataOf(options),
      deadlineOf(options),
    );
  }

  [Symbol.dispose](): void {
    this.#client.close();
  }

  /** A Buffer goes as it is. */
  #write(method: string): (message: object) => Buffer {
    const { resolvedRequestType: type } = this.#method(method);
    return (message) =>
      Buffer.isBuffer(message)
        ? message
        : Buffer.from((type as protobuf.Type).encode((type as protobuf.Type).fromObject(message)).finish());
  }

  #read(method: string): (bytes: Buffer) => Record<string, unknown> {
    const { resolvedResponseType: type } = this.#method(method);
    return (bytes) =>
      (type as protobuf.Type).toObject((type as protobuf.Type).decode(bytes), { longs: Number, enums: String });
  }

  #method(name: string): protobuf.Method {
    const method = this.#service.methods[name];
    if (!method) throw new Error(`there is no ${name}`);
    method.resolve();
    return method;
  }
}

function metadataOf({ metadata = {} }: GrpcCallOptions): Metadata {
  const found = new Metadata();
  for (const [name, value] of Object.entries(metadata)) found.set(name, value);
  return found;
}

function deadlineOf({ deadlineMs }: GrpcCallOptions): { readonly deadline?: number } {
  return deadlineMs === undefined ? {} : { deadline: Date.now() + deadlineMs };
}
