import { AppError } from '@millrace/core';

import { nearestName } from './nearest-name.ts';
import type { Path, PipelineDocument, Position } from './pipeline-document.ts';

/** What is wrong at one place of the file. */
export interface Finding {
  readonly found: string;
  readonly allowed: string;
  /** Names of which the nearest to `found` is suggested. */
  readonly names?: Iterable<string>;
  /** The name to compare with `names`, where `found` says more than the name. */
  readonly name?: string;
  /** A suggestion that is known already. */
  readonly suggestion?: string;
}

interface Problem extends Position {
  readonly text: string;
  readonly later: boolean;
}

/** Everything that is wrong with a pipeline file, in the order of the file. */
export class Problems {
  readonly #file: string;
  readonly #document: PipelineDocument;
  readonly #problems: Problem[] = [];

  constructor(file: string, document: PipelineDocument) {
    this.#file = file;
    this.#document = document;
  }

  /** At the value of `path`. */
  add(path: Path, finding: Finding): void {
    this.#push(this.#document.at(path), `${pathText(path)}: ${describeFinding(finding)}`);
  }

  /** At the key of `path`. */
  addAtKey(path: Path, finding: Finding): void {
    this.#push(this.#document.atKey(path), `${pathText(path)}: ${describeFinding(finding)}`);
  }

  /** At character `index` of the text at `path`. */
  addInText(path: Path, index: number, finding: Finding): void {
    this.#push(this.#document.inText(path, index), `${pathText(path)}: ${describeFinding(finding)}`);
  }

  /** How messages name the value of `path`. */
  placeOf(path: Path): string {
    const { line, column } = this.#document.at(path);
    return `${this.#file}:${line}:${column}: ${pathText(path)}`;
  }

  /** Something that this version does not do yet. */
  addLater(path: Path, found: string, allowed: string): void {
    this.#push(
      this.#document.atKey(path),
      `${pathText(path)}: found ${found}, which is not in this version; allowed ${allowed}`,
      true,
    );
  }

  addSyntax(): void {
    for (const { line, column, text } of this.#document.syntaxProblems)
      this.#push({ line, column }, `not YAML: ${text}`);
  }

  /** @throws AppError `PIPELINE_INVALID`, or `NOT_IN_THIS_VERSION` where nothing else is wrong */
  throwIfAny(): void {
    if (this.#problems.length === 0) return;
    const sorted = this.#problems.toSorted((a, b) => a.line - b.line || a.column - b.column);
    const lines = sorted.map(({ line, column, text }) => `${this.#file}:${line}:${column}: ${text}`);
    const code = sorted.every((problem) => problem.later) ? 'NOT_IN_THIS_VERSION' : 'PIPELINE_INVALID';
    throw new AppError(code, [...new Set(lines)].join('\n'));
  }

  #push(position: Position, text: string, later = false): void {
    this.#problems.push({ ...position, text, later });
  }
}

/** `features[3].over`; `the file` for the root. */
export function pathText(path: Path): string {
  const text = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`)).join('');
  return text === '' ? 'the file' : text.replace(/^\./, '');
}

/** A value as it is shown in a message: short, and recognisable as text or number. */
export function show(value: unknown): string {
  const text = value === undefined ? 'nothing' : (JSON.stringify(value) ?? String(value));
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

export function describeFinding({ found, allowed, names, name, suggestion }: Finding): string {
  const near = suggestion ?? (names === undefined ? null : nearestName(name ?? found.replaceAll('"', ''), names));
  return `found ${found}; allowed ${allowed}${near === null ? '' : `; did you mean ${near}?`}`;
}
