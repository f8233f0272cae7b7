import { bytesIn, readFields, textsIn } from './protobuf.ts';

/** Field numbers of https://github.com/onnx/onnx/blob/main/onnx/onnx.proto. */
export const MODEL = { graph: 7 } as const;
export const GRAPH = { node: 1, initializer: 5, output: 12 } as const;
const NODE = { input: 1, output: 2, opType: 4, attribute: 5 } as const;
const ATTRIBUTE = { name: 1 } as const;

export interface GraphNode {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** An AttributeProto by its name; undefined: there is none. */
  attribute(name: string): Uint8Array | undefined;
}

export function readNode(node: Uint8Array): GraphNode {
  return {
    op: textsIn(node, NODE.opType)[0] ?? '',
    inputs: textsIn(node, NODE.input),
    outputs: textsIn(node, NODE.output),
    attribute: (name) => named(bytesIn(node, NODE.attribute), ATTRIBUTE.name, name),
  };
}

/** The message whose field `field` is the text `name`. */
export function named(messages: readonly Uint8Array[], field: number, name: string): Uint8Array | undefined {
  const wanted = Buffer.from(name);
  return messages.find((message) => {
    // a name comes early: what is behind it may be long
    for (const { number, value } of readFields(message))
      if (number === field) return typeof value !== 'bigint' && wanted.equals(value);
    return false;
  });
}
