import {
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type Document,
  type Node,
  type Scalar,
} from 'yaml';

import { sourceOffset } from './source-offset.ts';

/** Keys and indexes from the root of the file. */
export type Path = readonly (string | number)[];

export interface Position {
  readonly line: number;
  readonly column: number;
}

export interface SyntaxProblem extends Position {
  readonly text: string;
}

/** A parsed YAML file that knows where each of its values stands. */
export class PipelineDocument {
  readonly #text: string;
  readonly #document: Document;
  readonly #lines = new LineCounter();
  readonly value: unknown;
  readonly syntaxProblems: readonly SyntaxProblem[];

  constructor(text: string) {
    this.#text = text;
    this.#document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false });
    this.syntaxProblems = this.#document.errors.map((error) => ({
      ...this.#position(error.pos[0]),
      text: error.message,
    }));
    this.value = this.syntaxProblems.length > 0 ? null : this.#document.toJS();
  }

  /** Where the value at `path` begins; where it is not in the file, its nearest ancestor. */
  at(path: Path): Position {
    return this.#position(this.#reach(path)?.range?.[0] ?? 0);
  }

  /** Where the key of the last step of `path` begins. */
  atKey(path: Path): Position {
    const parent = this.#reach(path.slice(0, -1));
    const pair = isMap(parent) ? parent.items.find((item) => keyOf(item.key) === String(path.at(-1))) : undefined;
    return isNode(pair?.key) ? this.#position(pair.key.range?.[0] ?? 0) : this.at(path);
  }

  /** Where character `index` of the text at `path` stands. */
  inText(path: Path, index: number): Position {
    const node = this.#reach(path);
    if (!isScalar(node) || !node.range) return this.at(path);
    return this.#position(sourceOffset(this.#text, node as Scalar, index));
  }

  #reach(path: Path): Node | null {
    let node: Node | null = this.#resolve(this.#document.contents);
    for (const step of path) {
      if (!isMap(node) && !isSeq(node)) break;
      const next = this.#resolve(node.get(step, true));
      if (next === null) break;
      node = next;
    }
    return node;
  }

  #resolve(node: unknown): Node | null {
    if (isAlias(node)) return node.resolve(this.#document) ?? null;
    return isNode(node) ? node : null;
  }

  #position(offset: number): Position {
    const { line, col } = this.#lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  }
}

function keyOf(key: unknown): string {
  return isScalar(key) ? String(key.value) : String(key);
}
