import type { Source } from '@millrace/batching';

import { batchRows } from './batch-rows.ts';
import { checkFits } from './check-fits.ts';
import type { ModelPort } from './model-port.ts';
import { BatchBuffers } from './onnx/batch-buffers.ts';
import { outputColumns } from './output-columns.ts';
import { pickColumns } from './pick-columns.ts';
import { refuseNan } from './refuse-nan.ts';
import type { RunOptions } from './run-options.ts';
import { ScoreCache, type CacheObserver, type CacheSetting } from './score-cache.ts';
import { labelsOf, selectOutputs } from './select-outputs.ts';
import type { ModelSignature } from './signature.ts';
import type { TensorModel } from './tensor-model.ts';
import { vectorTensorModel } from './vector-tensor-model.ts';
import { withThreads } from './with-threads.ts';

export interface LoadModelOptions extends RunOptions {
  /** Names of the features, in the vector's order. */
  readonly vector: readonly string[];
  /** Published name by the model's output name; null: all, under their own names. */
  readonly outputs: ReadonlyMap<string, string> | null;
  /** Answers that are kept, unless the model is not deterministic; none. */
  readonly cache?: CacheSetting | null;
  readonly cacheObserver?: CacheObserver;
}

export interface LoadedModel extends ModelPort {
  readonly signature: ModelSignature;
  /** The execution provider that took it. */
  readonly provider: string;
  readonly workers: number;
  /** The same model for the doors. */
  readonly tensors: TensorModel;
  /** Rows of a source that wait for a batch. */
  queuedRows(source: Source): number;
  /** What its cache takes; null: it has none. */
  readonly cachedBytes: () => number | null;
  close(): Promise<void>;
}

/**
 * Loads a version into worker threads, sees that it fits the vector, and warms it up.
 *
 * @throws AppError `MODEL_INVALID`, `MODEL_MISMATCH`, `NOT_IN_THIS_VERSION`
 */
export function loadModel(options: LoadModelOptions): Promise<LoadedModel> {
  const { files, batch, vector } = options;
  return withThreads(options, async (threads) => {
    const [{ signature, provider }] = threads;
    const title = `${files.name} ${files.version}`;
    const input = checkFits(title, signature, vector, files.card?.features ?? null);
    const outputs = selectOutputs(title, signature, options.outputs);
    const computed = signature.outputs.filter(({ name }) => outputs.some((output) => output.name === name));
    const columns = computed.flatMap((spec) => (outputColumns(spec)?.names ?? []).map((_, i) => `${i} ${spec.name}`));
    const shape = {
      width: vector.length,
      inputName: input.name,
      fixedRows: input.fixedRows,
      outputNames: computed.map(({ name }) => name),
      columns: columns.length,
    };
    const { submit, queuedRows, close, mostRows } = await batchRows(options, threads, {
      packer: new BatchBuffers(shape, batch.rows),
      sample: new Float32Array(vector.length),
      maxRows: batch.rows,
      bytesOf: ({ byteLength }) => byteLength,
    });
    const cache = openCache(options, columns.length);
    const cached = cache?.over(submit) ?? submit;
    const scoreAll = files.card?.nan === false ? refuseNan(cached, vector) : cached;
    const places = outputs.map(({ name, column }) => columns.indexOf(`${column} ${name}`));
    const about = { name: files.name, version: files.version, provider, workers: threads.length };
    const tensors = vectorTensorModel({
      ...about,
      batchRows: batch.rows,
      mostRows,
      input: { name: input.name, datatype: 'FP32', shape: [-1, vector.length] },
      outputs: computed,
      score: scoreAll,
    });
    return {
      ...about,
      outputs: outputs.map(({ published }) => published),
      labels: labelsOf(outputs),
      signature,
      score: pickColumns(scoreAll, places, columns.length),
      tensors,
      queuedRows,
      cachedBytes: () => cache?.bytes ?? null,
      close,
    };
  });
}

function openCache(
  { cache, files, vector, clock, cacheObserver }: LoadModelOptions,
  outputs: number,
): ScoreCache | null {
  if (!cache || files.card?.deterministic === false) return null;
  return new ScoreCache({ ...cache, width: vector.length, outputs, clock, observer: cacheObserver });
}
