import { message } from '../onnx/protobuf.ts';
import type { TensorSpec } from '../signature.ts';

/** TensorProto.DataType of https://github.com/onnx/onnx/blob/main/onnx/onnx.proto, whose field numbers are used here. */
const DATA_TYPES: Readonly<Record<string, number>> = {
  float32: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float16: 10,
  float64: 11,
  uint32: 12,
  uint64: 13,
};
const INT_ATTRIBUTE = 2;
const EXTERNAL = 1;
const IR_VERSION = 8;
const OPSET = 17;

export interface OnnxNode {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly output: string;
  readonly attributes?: Readonly<Record<string, number>>;
}

export interface OnnxGraph {
  /** The type null is a sequence of float32 [N, 1]. */
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
  readonly nodes: readonly OnnxNode[];
  readonly constants?: Readonly<Record<string, OnnxConstant>>;
}

export interface OnnxConstant {
  readonly shape: readonly number[];
  /** float32, or int64 where they are bigints. */
  readonly values: Float32Array | BigInt64Array;
  /** They are in this file beside the model, which a test writes. */
  readonly file?: string;
}

/** The bytes of an ONNX file. */
export function onnxFile({ inputs, outputs, nodes, constants = {} }: OnnxGraph): Buffer {
  const graph = message(
    ...nodes.map((node) => [1, encodeNode(node)] as const),
    [2, 'graph'],
    ...Object.entries(constants).map(([name, constant]) => [5, encodeConstant(name, constant)] as const),
    ...inputs.map((spec) => [11, encodeSpec(spec)] as const),
    ...outputs.map((spec) => [12, encodeSpec(spec)] as const),
  );
  return message([1, IR_VERSION], [7, graph], [8, message([1, ''], [2, OPSET])]);
}

function encodeNode({ op, inputs, output, attributes = {} }: OnnxNode): Buffer {
  return message(
    ...inputs.map((name) => [1, name] as const),
    [2, output],
    [4, op],
    ...Object.entries(attributes).map(
      ([name, value]) => [5, message([1, name], [3, value], [20, INT_ATTRIBUTE])] as const,
    ),
  );
}

function encodeConstant(name: string, { shape, values, file }: OnnxConstant): Buffer {
  const type = values instanceof Float32Array ? 'float32' : 'int64';
  const raw = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const place =
    file === undefined
      ? ([[9, raw]] as const)
      : ([
          [13, message([1, 'location'], [2, file])],
          [14, EXTERNAL],
        ] as const);
  return message(...shape.map((size) => [1, size] as const), [2, dataType(type)], [8, name], ...place);
}

function encodeSpec({ name, type, shape }: TensorSpec): Buffer {
  if (type === null) return message([1, name], [2, message([4, message([1, tensorType('float32', ['N', 1])])])]);
  return message([1, name], [2, tensorType(type, shape)]);
}

/** A TypeProto. */
function tensorType(type: string, shape: TensorSpec['shape']): Buffer {
  const dimensions = shape.map(
    (size) => [1, typeof size === 'number' ? message([1, size]) : message([2, size])] as const,
  );
  return message([1, message([1, dataType(type)], [2, message(...dimensions)])]);
}

/** As the attribute `to` of Cast has it. */
export function dataType(type: string): number {
  const found = DATA_TYPES[type];
  if (found === undefined) throw new Error(`no ONNX type for ${type}`);
  return found;
}
