import { readFile } from 'node:fs/promises';

import { classLabels } from './class-labels.ts';
import { MODEL } from './onnx-graph.ts';
import { bytesIn } from './protobuf.ts';
import { withoutZipMaps } from './without-zip-maps.ts';

export interface ReadModel {
  /** What the runtime loads: the file, or what has become of it. */
  readonly source: string | Uint8Array;
  /** A classifier's classes; null: it is none, or has several. */
  readonly labels: readonly string[] | null;
}

/** Reads of a model's graph what the runtime does not tell, and takes out what its binding cannot return. */
export async function readModel(modelFile: string): Promise<ReadModel> {
  try {
    const bytes = await readFile(modelFile);
    const [graph] = bytesIn(bytes, MODEL.graph);
    return { source: withoutZipMaps(bytes) ?? modelFile, labels: graph ? classLabels(graph) : null };
  } catch {
    // what is wrong with the file is the runtime's to say
    return { source: modelFile, labels: null };
  }
}
