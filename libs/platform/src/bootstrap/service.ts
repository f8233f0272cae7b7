import { AppError, isAppError, messageOf } from '@millrace/core';
import type { RunnerStatus } from '@millrace/stream';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';

import type { GrpcDoor } from '../grpc/grpc-door.ts';
import type { ServiceHealth } from '../health/service-health.ts';
import { listen } from '../http/listen.ts';
import type { StreamTransport } from '../transport/stream-transport.ts';
import type { ServiceName } from './service-options.ts';

export interface ServiceParts {
  readonly name: ServiceName;
  readonly host: string;
  readonly port: number;
  /** A second door, and its port. */
  readonly grpc: { readonly door: GrpcDoor; readonly port: number } | null;
  readonly app: NestFastifyApplication;
  readonly transport: StreamTransport;
  readonly health: ServiceHealth;
  /** What is closed after the stage and the doors, in this order. */
  readonly closing: readonly (() => Promise<void>)[];
}

/** A service that is complete and checked. It consumes nothing before `start`. */
export class Service {
  readonly name: ServiceName;
  /** Rejects with the AppError that the stage failed of; never resolves. */
  readonly failed: Promise<never>;
  readonly #parts: ServiceParts;
  #grpcUrl: string | null = null;
  #stopped: Promise<void> | null = null;
  #fail: (error: unknown) => void = () => undefined;

  constructor(parts: ServiceParts) {
    this.name = parts.name;
    this.#parts = parts;
    this.failed = new Promise((_resolve, reject) => {
      this.#fail = reject;
    });
    // who does not ask for it need not hear of it
    this.failed.catch(() => undefined);
  }

  /** Address of the gRPC door; null: it has none, or it is not open. */
  get grpcUrl(): string | null {
    return this.#grpcUrl;
  }

  /**
   * Opens the doors; nothing is consumed yet.
   *
   * @returns the HTTP door's URL
   * @throws AppError `PORT_IN_USE`
   */
  async open(): Promise<string> {
    const { app, host, port, grpc } = this.#parts;
    const url = await listen(app.getHttpAdapter().getInstance(), host, port);
    if (grpc) this.#grpcUrl = await grpc.door.open(host, grpc.port);
    return url;
  }

  /** Starts to consume. */
  async start(): Promise<void> {
    await this.#parts.app.startAllMicroservices();
  }

  status(): RunnerStatus {
    return this.#parts.transport.runner.status();
  }

  /** Its stage ended with an error, or must end: whoever runs the service stops it. */
  fail(error: unknown): void {
    const known = isAppError(error) ? error : unforeseen(this.name, error);
    this.#parts.health.failed(known.message);
    this.#fail(known);
  }

  /** Stops fetching, ends the transaction, leaves the group, closes producers and doors, flushes telemetry. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    const { app, grpc, transport, health, closing } = this.#parts;
    health.stopping();
    await transport.close();
    await grpc?.door.close();
    await app.close();
    for (const close of closing) await close();
  }
}

/** A bug; the log has its stack. */
function unforeseen(name: ServiceName, error: unknown): AppError {
  return new AppError('SERVICE_FAILED', `${name}: ${messageOf(error)}. The log says more; please report it.`, {
    cause: error,
  });
}
