import { inject } from 'vitest';

export interface TensorInfo {
  readonly name: string;
  readonly datatype: string;
  /** -1: any size. */
  readonly shape: readonly number[];
}

/** The server that is asked, as far as the suite has to know it before the first check. */
export interface Target {
  /** Without a slash at the end. */
  readonly http: string;
  /** `host:port`; null: gRPC is not asked. */
  readonly grpc: string | null;
  /** The value of a header `authorization`; null: none is sent. */
  readonly authorization: string | null;
  readonly server: { readonly name: string; readonly version: string; readonly extensions: readonly string[] };
  readonly model: {
    readonly name: string;
    readonly versions: readonly string[];
    readonly inputs: readonly TensorInfo[];
    readonly outputs: readonly TensorInfo[];
  };
  /** Sizes of inputs that the model's metadata leave open, by the input's name. */
  readonly shapes: Readonly<Record<string, readonly number[]>>;
}

declare module 'vitest' {
  interface ProvidedContext {
    target: Target;
  }
}

export const target = inject('target');
/** `/v2/models/NAME` */
export const MODEL = `/v2/models/${encodeURIComponent(target.model.name)}`;
/** The model with and, where it has versions, without one. */
export const MODEL_PATHS = [MODEL, ...target.model.versions.map((version) => `${MODEL}/versions/${version}`)];
export const ANOTHER_MODEL = '/v2/models/no-model-has-this-name';
