import type { Source, TensorModel } from '@millrace/inference';
import { classify, requestTerms, selectOutputs, type InferRequest, type InferResponse } from '@millrace/open-inference';
import { checkInputs } from '@millrace/tensors';

/** Who asks, and how long that matters. */
export interface Caller {
  readonly source: Exclude<Source, 'topic'>;
  /** When the request came, by the clock's `elapsed`. */
  readonly arrivedMs: number;
  /** From the arrival on, whatever the request itself says; Infinity: no limit. */
  readonly deadlineMs: number;
  /** Aborts when the client does not wait any more. */
  readonly signal: AbortSignal;
}

/**
 * What a model answers to a request.
 *
 * @throws AppError `INFERENCE_INVALID`, `TENSOR_INVALID`, and what `TensorModel.infer` throws
 */
export async function inferTensors(model: TensorModel, request: InferRequest, caller: Caller): Promise<InferResponse> {
  const inputs = checkInputs(request.inputs, model.inputs);
  const wanted = selectOutputs(request, model.outputs);
  const { priority, deadlineMs } = requestTerms(request.parameters);
  const names = wanted.map(({ name }) => name);
  const how = { ...caller, priority, deadlineMs: Math.min(deadlineMs, caller.deadlineMs) };
  const found = await model.infer(inputs, names, how);
  const outputs = wanted.flatMap(({ binary, classes }, i) => {
    const tensor = found[i];
    return tensor ? [{ tensor: classes > 0 ? classify(tensor, classes) : tensor, binary }] : [];
  });
  return { modelName: model.name, modelVersion: model.version, id: request.id, outputs };
}
