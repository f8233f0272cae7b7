import { GRAPH, named, readNode, type GraphNode } from './onnx-graph.ts';
import { bytesIn, integersIn, textsIn } from './protobuf.ts';

/** Attributes of the operators of ai.onnx.ml that have classes: ZipMap, and the classifiers. */
const LABEL_ATTRIBUTES = ['classlabels_strings', 'classlabels_int64s', 'classlabels_ints'] as const;
const ATTRIBUTE = { ints: 8, strings: 9 } as const;
const TENSOR = { int32Data: 5, stringData: 6, int64Data: 7, name: 8 } as const;

type Labels = readonly string[];

/** The classes that a ZipMap or a classifier has in its attributes, in the order of their columns; empty: none. */
export function labelsOf(node: GraphNode): Labels {
  const found = LABEL_ATTRIBUTES.map((name) => node.attribute(name))
    .filter((attribute) => attribute !== undefined)
    .map((attribute) => [
      ...textsIn(attribute, ATTRIBUTE.strings),
      ...integersIn(attribute, ATTRIBUTE.ints).map(String),
    ]);
  return found.find(({ length }) => length > 0) ?? [];
}

/**
 * The classes of a model's graph, wherever its exporter keeps them: in a classifier, in a ZipMap, or in a constant from
 * which the label is taken. Null where there are none, or different ones.
 */
export function classLabels(graph: Uint8Array): Labels | null {
  const nodes = bytesIn(graph, GRAPH.node).map(readNode);
  const constants = bytesIn(graph, GRAPH.initializer);
  const all = nodes
    .map((node) => (node.op === 'ArrayFeatureExtractor' ? constantLabels(node, constants) : labelsOf(node)))
    .filter(({ length }) => length > 0);
  const different = new Set(all.map((labels) => JSON.stringify(labels)));
  return different.size === 1 ? (all[0] as Labels) : null;
}

function constantLabels({ inputs: [from = ''] }: GraphNode, constants: readonly Uint8Array[]): Labels {
  const tensor = named(constants, TENSOR.name, from);
  if (!tensor) return [];
  const integers = [...integersIn(tensor, TENSOR.int64Data), ...integersIn(tensor, TENSOR.int32Data)];
  return [...textsIn(tensor, TENSOR.stringData), ...integers.map(String)];
}
