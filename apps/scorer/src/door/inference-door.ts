import { AppError, type Clock } from '@millrace/core';
import type { ModelRegistry, TensorModel } from '@millrace/inference';
import { classify, decodeRequest, encodeResponse, parseObject, selectOutputs } from '@millrace/open-inference';
import { BODY_BYTES, decodeContent, encodeContent, preferredCoding, type ContentCoding } from '@millrace/platform';
import { checkInputs } from '@millrace/tensors';

import type { ModelStatistics } from './model-statistics.ts';
import { repositoryIndex, type RepositoryEntry } from './repository-index.ts';

/** Less is not worth the coding. */
const LEAST_CODED_BYTES = 1024;

export interface InferenceDoorOptions {
  readonly model: TensorModel;
  readonly registry: ModelRegistry;
  readonly statistics: ModelStatistics;
  readonly clock: Clock;
}

/** A request in HTTP's terms; names of headers in lower case. */
export interface InferenceCall {
  readonly body: Buffer;
  readonly headers: {
    readonly 'content-encoding'?: string | undefined;
    readonly 'accept-encoding'?: string | undefined;
    readonly 'inference-header-content-length'?: string | undefined;
  };
}

export interface InferenceAnswer {
  readonly body: Buffer;
  readonly contentType: string;
  /** `Inference-Header-Content-Length`; null: none. */
  readonly headerLength: number | null;
  readonly coding: ContentCoding | null;
}

/** The Open Inference Protocol v2, whatever carries it: the model, by name and version, and what is known of it. */
export class InferenceDoor {
  readonly #options: InferenceDoorOptions;

  constructor(options: InferenceDoorOptions) {
    this.#options = options;
  }

  /** @throws AppError `MODEL_NOT_FOUND` */
  model(name: string, version?: string): TensorModel {
    const { model } = this.#options;
    if (name === model.name && (version === undefined || version === model.version)) return model;
    const asked = version === undefined ? name : `${name} ${version}`;
    throw new AppError('MODEL_NOT_FOUND', `there is no ${asked} here; this scorer has ${model.name} ${model.version}.`);
  }

  /** `name` undefined: all models. */
  statistics(name?: string, version?: string): object {
    const { model, statistics } = this.#options;
    return { model_stats: [statistics.describe(name === undefined ? model : this.model(name, version))] };
  }

  /**
   * The versions that there are, or with `{"ready": true}` those that are loaded.
   *
   * @throws AppError `INFERENCE_INVALID`
   */
  async index(body: Buffer): Promise<readonly RepositoryEntry[]> {
    const { ready } = parseObject(body);
    if (ready !== undefined && typeof ready !== 'boolean')
      throw new AppError('INFERENCE_INVALID', 'ready: allowed is true or false.');
    const entries = await repositoryIndex(this.#options.registry, this.#options.model);
    return ready === true ? entries.filter(({ state }) => state === 'READY') : entries;
  }

  /**
   * @throws AppError `MODEL_NOT_FOUND`, `UNSUPPORTED_MEDIA_TYPE`, `BODY_UNPARSEABLE`, `BODY_TOO_LARGE`,
   *   `INFERENCE_INVALID`, `TENSOR_INVALID`, and what `TensorModel.infer` throws
   */
  async infer(name: string, version: string | undefined, call: InferenceCall): Promise<InferenceAnswer> {
    const model = this.model(name, version);
    const { clock, statistics } = this.#options;
    const startedMs = clock.elapsed();
    let ok = false;
    try {
      const answer = await answerCall(model, call);
      ok = true;
      return answer;
    } finally {
      statistics.request(ok, clock.elapsed() - startedMs);
    }
  }
}

async function answerCall(model: TensorModel, { body, headers }: InferenceCall): Promise<InferenceAnswer> {
  const plain = await decodeContent(body, headers['content-encoding'], BODY_BYTES);
  const headerLength = headers['inference-header-content-length'];
  const request = decodeRequest({ body: plain, headerLength }, model.inputs);
  const inputs = checkInputs(request.inputs, model.inputs);
  const wanted = selectOutputs(request, model.outputs);
  const found = await model.infer(
    inputs,
    wanted.map((output) => output.name),
  );
  const outputs = wanted.flatMap(({ binary, classes }, i) => {
    const tensor = found[i];
    return tensor ? [{ tensor: classes > 0 ? classify(tensor, classes) : tensor, binary }] : [];
  });
  const encoded = encodeResponse({ modelName: model.name, modelVersion: model.version, id: request.id, outputs });
  const coding = encoded.body.length < LEAST_CODED_BYTES ? null : preferredCoding(headers['accept-encoding']);
  return { ...encoded, body: coding ? await encodeContent(encoded.body, coding) : encoded.body, coding };
}
