import type { ServiceHealth } from '../health/service-health.ts';
import type { ApiKeys } from '../keys/api-keys.ts';

/** What is known of a call beside its message. */
export interface GrpcCall {
  /** Aborts when the client cancels or is gone. */
  readonly signal: AbortSignal;
  /** What is left of the client's deadline; Infinity: it has none. */
  readonly deadlineMs: number;
  readonly health: ServiceHealth;
}

/** How a method answers. Messages are as `protobufjs` has them: names as in the file, 64-bit integers as `Long`. */
export interface GrpcMethod {
  /** On a stream: one answer for each message. */
  readonly answer: (message: object, call: GrpcCall) => object | Promise<object>;
  /** The model that a message asks for, by which keys are limited; null: it concerns all. Without it any key will do. */
  readonly model?: (message: object) => string | null;
  /** Probes need no key. */
  readonly probe?: boolean;
  /** Only while the service is open. */
  readonly work?: boolean;
  /** Of a stream: the answer to a message that fails with this text. */
  readonly failure?: (text: string) => object;
}

/** A service of a `.proto` file; a method of the file that is not here is UNIMPLEMENTED. */
export interface GrpcService {
  readonly proto: URL;
  /** With its package: `grpc.health.v1.Health`. */
  readonly name: string;
  readonly methods: Readonly<Record<string, GrpcMethod>>;
}

/** What a service answers by gRPC. */
export interface GrpcDefinition {
  readonly services: readonly GrpcService[];
  readonly keys: ApiKeys;
}
