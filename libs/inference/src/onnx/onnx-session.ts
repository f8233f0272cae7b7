import { env, InferenceSession, Tensor } from 'onnxruntime-node';

import { outputColumns } from '../output-columns.ts';
import { describeRefusals, type ProviderRefusal } from '../provider-refusal.ts';
import type { ModelSignature, TensorSpec } from '../signature.ts';
import { withLabels } from '../with-labels.ts';
import { checkProviders } from './check-providers.ts';
import { isLongIntegers, LostResults } from './lost-results.ts';
import { outputNumbers } from './output-numbers.ts';
import { readModel } from './read-model.ts';
import type { TensorBatch, WorkerTensor } from './tensor-batch.ts';
import type { BatchSlot, VectorBatch } from './vector-batch.ts';

/** Fatal errors alone: the runtime writes to stderr by itself, values included; what it throws says as much. */
const LOG_FATAL = 4;
env.logLevel = 'fatal';

// where there are such arrays the runtime wants float16 in them, and then cannot read them; else it takes the bits
delete (globalThis as { Float16Array?: unknown }).Float16Array;

interface SessionOutput {
  readonly spec: TensorSpec;
  /** Columns of a row's result. */
  readonly count: number;
}

/** A model in ONNX Runtime. Its calls block the thread: only workers own one. */
export class OnnxSession {
  readonly signature: ModelSignature;
  /** The execution provider that took the model. */
  readonly provider: string;
  /** Those before it that did not. */
  readonly refused: readonly ProviderRefusal[];
  readonly #session: InferenceSession;
  /** By name. */
  readonly #outputs: ReadonlyMap<string, SessionOutput>;

  private constructor(
    session: InferenceSession,
    provider: string,
    refused: readonly ProviderRefusal[],
    labels: readonly string[] | null,
  ) {
    this.#session = session;
    this.provider = provider;
    this.refused = refused;
    const { inputMetadata, outputMetadata } = session;
    this.signature = withLabels({ inputs: inputMetadata.map(specOf), outputs: outputMetadata.map(specOf) }, labels);
    this.#outputs = new Map(
      this.signature.outputs.map((spec) => [spec.name, { spec, count: outputColumns(spec)?.names.length ?? 0 }]),
    );
  }

  /**
   * Loads the model on the first of the execution providers that takes it. One thread by default: there are as many
   * sessions as cores.
   *
   * @throws AppError `CONFIG_INVALID`; Error where none takes it
   */
  static async open(modelFile: string, providers: readonly string[], threads = 1): Promise<OnnxSession> {
    checkProviders(providers);
    const { source, labels } = await readModel(modelFile);
    const refused: ProviderRefusal[] = [];
    for (const provider of providers) {
      const options = {
        executionProviders: [provider],
        intraOpNumThreads: threads,
        interOpNumThreads: 1,
        logSeverityLevel: LOG_FATAL,
      } as const;
      try {
        return new OnnxSession(await createSession(source, options), provider, refused, labels);
      } catch (error) {
        refused.push({ provider, reason: error instanceof Error ? error.message : String(error) });
      }
    }
    throw new Error(describeRefusals(refused));
  }

  /** Fills the slot's results in, and says what they have lost. A model with a fixed number of rows runs as often as it takes. */
  async run(slot: BatchSlot, rows: number): Promise<VectorBatch['lost']> {
    const { fixedRows, columns } = slot;
    const step = fixedRows ?? rows;
    const lost = new LostResults(rows * columns);
    for (let from = 0; from < rows; from += step)
      await this.#runRows(slot, lost, from, Math.min(step, rows - from), step);
    return lost.found;
  }

  /** The named outputs for all of the inputs. */
  async runTensors({ rows, tensors, outputNames }: TensorBatch): Promise<TensorBatch> {
    const types = new Map(this.signature.inputs.map(({ name, type }) => [name, type]));
    const feeds = tensors.map(({ name, data, shape }) => [
      name,
      new Tensor(types.get(name) as Tensor.Type, data as Tensor.DataType, shape),
    ]);
    const found = await this.#session.run(
      Object.fromEntries(feeds) as InferenceSession.FeedsType,
      outputNames as string[],
    );
    return { rows, outputNames, tensors: outputNames.map((name) => workerTensor(name, found[name] as Tensor)) };
  }

  async #runRows(
    { width, vectors, inputName, outputNames, columns, results }: BatchSlot,
    lost: LostResults,
    from: number,
    rows: number,
    shape: number,
  ): Promise<void> {
    const own = vectors.subarray(from * width, (from + rows) * width);
    const data = rows === shape ? own : padded(own, width, shape);
    const found = await this.#session.run(
      { [inputName]: new Tensor('float32', data, [shape, width]) },
      outputNames as string[],
    );
    let column = 0;
    for (const name of outputNames) {
      const { spec, count } = this.#outputs.get(name) as SessionOutput;
      const exact = found[name]?.data as WorkerTensor['data'];
      const values = outputNumbers(spec, exact);
      if (values.length !== shape * count) throw new Error(`${name} has ${values.length} values for ${shape} rows`);
      const placeOf = (row: number, i: number): number => (from + row) * columns + column + i;
      if (count === columns && rows === shape) results.set(values, from * columns);
      else
        for (let row = 0; row < rows; row++)
          for (let i = 0; i < count; i++) results[placeOf(row, i)] = values[row * count + i] as number;
      if (isLongIntegers(exact))
        for (let i = 0; i < rows * count; i++) lost.note(placeOf(Math.floor(i / count), i % count), exact[i] as bigint);
      column += count;
    }
  }
}

function createSession(
  source: string | Uint8Array,
  options: InferenceSession.SessionOptions,
): Promise<InferenceSession> {
  return typeof source === 'string'
    ? InferenceSession.create(source, options)
    : InferenceSession.create(source, options);
}

function workerTensor(name: string, { dims, data }: Tensor): WorkerTensor {
  return { name, shape: dims, data: data as WorkerTensor['data'] };
}

/** With its last row, which a model takes if it takes the rows at all; zeros may be none of its vocabulary. */
function padded(data: Float32Array, width: number, rows: number): Float32Array {
  const whole = new Float32Array(rows * width);
  whole.set(data);
  for (let from = data.length; from < whole.length; from += width) whole.set(data.subarray(-width), from);
  return whole;
}

function specOf(value: InferenceSession.ValueMetadata): TensorSpec {
  return value.isTensor
    ? { name: value.name, type: value.type, shape: value.shape }
    : { name: value.name, type: null, shape: [] };
}
