import type { TensorModel } from '@millrace/inference';
import { decodeMessage, encodeMessage, INFERENCE_PROTO, type ModelInferRequest } from '@millrace/open-inference';
import type { GrpcCall, GrpcService } from '@millrace/platform';

import { inferTensors } from './infer-tensors.ts';
import type { InferenceDoor } from './inference-door.ts';
import { modelConfig } from './model-config.ts';
import { modelMetadata, serverMetadata } from './model-metadata.ts';

/** What most messages name; empty where it was not sent. */
interface Named {
  readonly name: string;
  readonly version: string;
}

interface RepositoryChange {
  readonly model_name: string;
  readonly parameters?: Readonly<Record<string, { readonly string_param?: string }>>;
}

/** The Open Inference Protocol v2 by gRPC: `inference.GRPCInferenceService` of KServe and Triton. */
export function grpcInference(door: InferenceDoor): GrpcService {
  const modelOf = (message: object): TensorModel => {
    const { name, version } = message as Named;
    return door.model(name, version || undefined);
  };
  const named = (message: object): string => (message as Named).name;
  const metadata = (message: object): object => {
    const model = modelOf(message);
    return modelMetadata(model, door.versions(model.name));
  };
  const infer = inferBy(door);
  const change = (what: 'load' | 'unload') => ({
    model: ofAll,
    answer: async (message: object) => {
      const { model_name, parameters } = message as RepositoryChange;
      await door.change(what, model_name, parameters?.['version']?.string_param || null);
      return {};
    },
  });
  return {
    proto: INFERENCE_PROTO,
    name: 'inference.GRPCInferenceService',
    methods: {
      ServerLive: { probe: true, answer: (_, { health }) => ({ live: health.live().status === 'ok' }) },
      ServerReady: { probe: true, answer: (_, { health }) => ({ ready: isOpen(health) }) },
      ModelReady: {
        model: named,
        answer: (message, { health }) => ({ ready: isOpen(health) && has(modelOf, message) }),
      },
      ServerMetadata: { answer: serverMetadata },
      ModelMetadata: { model: named, answer: (message) => metadata(message) },
      ModelConfig: { model: named, answer: (message) => ({ config: modelConfig(modelOf(message)) }) },
      ModelStatistics: {
        model: (message) => named(message) || null,
        answer: (message) => {
          const { name, version } = message as Named;
          return door.statistics(name || undefined, version || undefined);
        },
      },
      ModelInfer: { model: requested, work: true, answer: infer },
      ModelStreamInfer: {
        model: requested,
        work: true,
        answer: async (message, call) => ({ infer_response: await infer(message, call) }),
        failure: (text) => ({ error_message: text }),
      },
      RepositoryIndex: {
        model: ofAll,
        answer: async (message) => ({ models: await door.index((message as { readonly ready: boolean }).ready) }),
      },
      RepositoryModelLoad: change('load'),
      RepositoryModelUnload: change('unload'),
    },
  };
}

function requested(message: object): string {
  return (message as ModelInferRequest).model_name;
}

/** Tells of all models, or changes which there are. */
function ofAll(): null {
  return null;
}

function inferBy(door: InferenceDoor): (message: object, call: GrpcCall) => Promise<object> {
  return (message, { deadlineMs, signal }) => {
    const request = message as ModelInferRequest;
    const asked = { source: 'grpc', deadlineMs, signal } as const;
    return door.infer(request.model_name, request.model_version || undefined, asked, async (model, caller) =>
      encodeMessage(await inferTensors(model, decodeMessage(request), caller)),
    );
  };
}

function isOpen(health: GrpcCall['health']): boolean {
  return health.open().status === 'ok';
}

/** A model that is not there is not ready, as Triton has it. */
function has(modelOf: (message: object) => TensorModel, message: object): boolean {
  try {
    return Boolean(modelOf(message));
  } catch {
    return false;
  }
}
