import { labelsOf } from './class-labels.ts';
import { GRAPH, MODEL, readNode } from './onnx-graph.ts';
import { bytesIn, message, readFields, textsIn, type Field } from './protobuf.ts';

const FLOAT = 1;
const VALUE_INFO = { name: 1 } as const;

/**
 * A model whose ZipMaps are left out: scikit-learn's and LightGBM's exporters end with one, which makes a list of maps of
 * a tensor of probabilities, and the runtime's binding cannot return maps. Under the output's name comes the tensor
 * itself, [N, C], a column per class. Null where there is none to leave out.
 */
export function withoutZipMaps(model: Uint8Array): Uint8Array | null {
  const [graph] = bytesIn(model, MODEL.graph);
  const nodes = graph ? bytesIn(graph, GRAPH.node).map(readNode) : [];
  const zipMaps = nodes.filter(({ op }) => op === 'ZipMap');
  if (!graph || zipMaps.length === 0) return null;
  const classes = new Map(zipMaps.map((node) => [node.outputs[0] ?? '', labelsOf(node).length]));
  const bare = rewrite(graph, (number, value) => {
    if (number === GRAPH.node) return withoutZipMap(value);
    if (number !== GRAPH.output) return null;
    const [name = ''] = textsIn(value, VALUE_INFO.name);
    const count = classes.get(name);
    return count === undefined ? null : probabilities(name, count);
  });
  return rewrite(model, (number) => (number === MODEL.graph ? bare : null));
}

/** The message with other values for some of its fields; null: as it is. */
function rewrite(bytes: Uint8Array, change: (number: number, value: Uint8Array) => Uint8Array | null): Buffer {
  const fields = [...readFields(bytes)].map(({ number, value, raw }) => {
    const changed = typeof value === 'bigint' ? null : change(number, value);
    return changed === null ? raw : message([number, changed]);
  });
  return Buffer.concat(fields);
}

function withoutZipMap(node: Uint8Array): Uint8Array | null {
  const { op, inputs, outputs } = readNode(node);
  if (op !== 'ZipMap') return null;
  const fields = [...inputs.map((name): Field => [1, name]), ...outputs.map((name): Field => [2, name])];
  return message(...fields, [4, 'Identity']);
}

/** A ValueInfoProto: float32, any number of rows, a column per class. */
function probabilities(name: string, classes: number): Uint8Array {
  const shape = message([1, message()], [1, message([1, classes])]);
  return message([1, name], [2, message([1, message([1, FLOAT], [2, shape])])]);
}
