import type { Source } from '@millrace/batching';

import { batchRows, type BatchedRows } from './batch-rows.ts';
import { checkFits, type ColumnInputs, type FeatureCategories, type VectorInput } from './check-fits.ts';
import { columnScore } from './column-score.ts';
import type { ModelPort } from './model-port.ts';
import { BatchBuffers } from './onnx/batch-buffers.ts';
import { outputColumns } from './output-columns.ts';
import { pickColumns } from './pick-columns.ts';
import { refuseNan } from './refuse-nan.ts';
import type { RunOptions } from './run-options.ts';
import { ScoreCache, type CacheObserver, type CacheSetting } from './score-cache.ts';
import { labelsOf, selectOutputs, type SelectedOutput } from './select-outputs.ts';
import { serveTensors } from './serve-tensors.ts';
import type { ModelSignature, TensorSpec } from './signature.ts';
import type { TensorModel } from './tensor-model.ts';
import { vectorTensorModel } from './vector-tensor-model.ts';
import { refusedBy, withThreads, type Threads } from './with-threads.ts';

export interface LoadModelOptions extends RunOptions {
  /** Names of the features, in the vector's order. */
  readonly vector: readonly string[];
  /** For models that take categories as texts. */
  readonly categories?: FeatureCategories;
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
  const { files, vector, categories } = options;
  return withThreads(options, async (threads) => {
    const [{ signature, provider }] = threads;
    const title = `${files.name} ${files.version}`;
    const inputs = checkFits(title, signature, vector, files.card?.features ?? null, categories);
    const outputs = selectOutputs(title, signature, options.outputs);
    const computed = signature.outputs.filter(({ name }) => outputs.some((output) => output.name === name));
    const { columns, places } = placesOf(outputs, computed);
    const { submit, queuedRows, close, doors } =
      inputs.kind === 'vector'
        ? await serveVectors(options, threads, inputs, computed, columns)
        : await serveColumns(options, threads, inputs, computed);
    const cache = openCache(options, computed.some(isLong) ? 2 * columns : columns);
    const cached = cache?.over(submit) ?? submit;
    const score = files.card?.nan === false ? refuseNan(cached, vector) : cached;
    return {
      name: files.name,
      version: files.version,
      provider,
      workers: threads.length,
      outputs: outputs.map(({ published }) => published),
      labels: labelsOf(outputs),
      signature,
      score: pickColumns(score, places, columns),
      tensors: doors(score),
      queuedRows,
      cachedBytes: () => cache?.bytes ?? null,
      close,
    };
  });
}

/** How many columns the computed outputs have side by side, and where among them the selected ones are. */
function placesOf(
  selected: readonly SelectedOutput[],
  computed: readonly TensorSpec[],
): { readonly columns: number; readonly places: readonly number[] } {
  const firsts = new Map<string, number>();
  let columns = 0;
  for (const spec of computed) {
    firsts.set(spec.name, columns);
    columns += outputColumns(spec)?.names.length ?? 0;
  }
  return { columns, places: selected.map(({ name, column }) => (firsts.get(name) as number) + column) };
}

/** Vectors through a model, with all columns of its outputs; and the model for the doors. */
interface ServedVectors extends Pick<BatchedRows<unknown, unknown>, 'queuedRows' | 'close'> {
  readonly submit: ModelPort['score'];
  /** `score`: what the doors' rows go through as well, where they are vectors. */
  doors(score: ModelPort['score']): TensorModel;
}

async function serveVectors(
  options: LoadModelOptions,
  threads: Threads,
  { name, fixedRows }: VectorInput,
  outputs: readonly TensorSpec[],
  columns: number,
): Promise<ServedVectors> {
  const { files, batch, vector } = options;
  const outputNames = outputs.map((output) => output.name);
  const shape = { width: vector.length, inputName: name, fixedRows, outputNames, columns };
  const { mostRows, ...rows } = await batchRows(options, threads, {
    packer: () => new BatchBuffers(shape, batch.rows),
    sample: new Float32Array(vector.length),
    maxRows: batch.rows,
    bytesOf: ({ byteLength }) => byteLength,
  });
  const about = {
    name: files.name,
    version: files.version,
    provider: threads[0].provider,
    refused: refusedBy(threads),
    workers: threads.length,
    batchRows: batch.rows,
    mostRows,
    input: { name, datatype: 'FP32', shape: [-1, vector.length] } as const,
    outputs,
  };
  return { ...rows, doors: (score) => vectorTensorModel({ ...about, score }) };
}

/** The doors give what the model itself takes, and so by another way than the stream: only the batches are the same. */
async function serveColumns(
  options: LoadModelOptions,
  threads: Threads,
  { inputs }: ColumnInputs,
  outputs: readonly TensorSpec[],
): Promise<ServedVectors> {
  const { model, rows } = await serveTensors(options, threads);
  const { queuedRows, close } = rows;
  return { submit: columnScore(rows, inputs, outputs), queuedRows, close, doors: () => model };
}

/** Of its integers digits may be lost, which are kept beside them. */
function isLong({ type }: TensorSpec): boolean {
  return type === 'int64' || type === 'uint64';
}

function openCache(
  { cache, files, vector, clock, cacheObserver }: LoadModelOptions,
  outputs: number,
): ScoreCache | null {
  if (!cache || files.card?.deterministic === false) return null;
  return new ScoreCache({ ...cache, width: vector.length, outputs, clock, observer: cacheObserver });
}
