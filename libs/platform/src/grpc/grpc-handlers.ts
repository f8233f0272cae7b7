import { once } from 'node:events';
import { Readable } from 'node:stream';

import type {
  handleBidiStreamingCall,
  handleUnaryCall,
  Metadata,
  ServerDuplexStream,
  ServerUnaryCall,
} from '@grpc/grpc-js';
import { type Clock } from '@millrace/core';

import type { ServiceHealth } from '../health/service-health.ts';
import type { BodyBudget } from '../http/body-budget.ts';
import { logFailure } from '../http/log-failure.ts';
import type { ApiKeys } from '../keys/api-keys.ts';
import type { ServiceLogger } from '../logging/service-logger.ts';
import { cancelled, deadlineMs } from './grpc-caller.ts';
import { grpcError } from './grpc-error.ts';
import type { GrpcCall, GrpcMethod } from './grpc-service.ts';
import type { WireMethod } from './wire-method.ts';

export interface GrpcHandlerParts {
  readonly keys: ApiKeys;
  readonly health: ServiceHealth;
  readonly budget: BodyBudget;
  readonly clock: Clock;
  readonly logger: ServiceLogger;
}

/** So many messages of a stream are worked on at once; the next one is read when the first of them is answered. */
const STREAM_AHEAD = 64;

/** What answers the calls of a method: who may, within which bounds, and how errors are said. */
export class GrpcHandler {
  readonly #wire: WireMethod;
  readonly #method: GrpcMethod;
  readonly #parts: GrpcHandlerParts;

  constructor(wire: WireMethod, method: GrpcMethod, parts: GrpcHandlerParts) {
    this.#wire = wire;
    this.#method = method;
    this.#parts = parts;
  }

  readonly unary: handleUnaryCall<Buffer, Buffer> = (call, respond) => {
    this.#answer(call.request, call.metadata, this.#callOf(call)).then(
      (answer) => respond(null, answer),
      (error: unknown) => respond(this.#refusal(error)),
    );
  };

  readonly stream: handleBidiStreamingCall<Buffer, Buffer> = (call) => {
    this.#converse(call).catch((error: unknown) => {
      // whoever has gone is told nothing
      if (!call.destroyed) call.emit('error', this.#refusal(error));
    });
  };

  async #converse(call: ServerDuplexStream<Buffer, Buffer>): Promise<void> {
    this.#parts.keys.check(keyOf(call.metadata));
    const about = this.#callOf(call);
    const messages = Readable.from(call.iterator({ destroyOnReturn: false }));
    const answers = messages.map((message: Buffer) => this.#answerOrFailure(message, call.metadata, about), {
      concurrency: STREAM_AHEAD,
    });
    for await (const answer of answers) if (!call.write(answer)) await once(call, 'drain');
    call.end();
  }

  async #answerOrFailure(message: Buffer, metadata: Metadata, call: GrpcCall): Promise<Buffer> {
    try {
      return await this.#answer(message, metadata, call);
    } catch (error) {
      const { details } = this.#refusal(error);
      return this.#wire.encode(this.#method.failure?.(details) ?? {});
    }
  }

  async #answer(bytes: Buffer, metadata: Metadata, call: GrpcCall): Promise<Buffer> {
    const { keys, health, budget } = this.#parts;
    const { answer, model, probe = false, work = false } = this.#method;
    const holder = probe ? null : keys.admit(keyOf(metadata));
    if (work) health.checkOpen();
    const claim = budget.claim();
    try {
      claim.add(bytes.length);
      const message = this.#wire.decode(bytes);
      if (model) holder?.checkModel(model(message));
      return this.#wire.encode(await answer(message, call));
    } finally {
      claim.release();
    }
  }

  #callOf(call: ServerUnaryCall<Buffer, Buffer> | ServerDuplexStream<Buffer, Buffer>): GrpcCall {
    const { clock, health } = this.#parts;
    return {
      signal: cancelled(call, clock),
      get deadlineMs() {
        return deadlineMs(call.getDeadline(), clock);
      },
      health,
    };
  }

  #refusal(error: unknown): ReturnType<typeof grpcError> {
    logFailure(this.#parts.logger, error, { method: this.#wire.path });
    return grpcError(error);
  }
}

function keyOf(metadata: Metadata): string | undefined {
  const [value] = metadata.get('authorization');
  return value === undefined ? undefined : String(value);
}
