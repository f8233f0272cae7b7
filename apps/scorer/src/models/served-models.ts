import { AppError } from '@millrace/core';
import type { ModelRegistry } from '@millrace/inference';

import type { DoorModel, DoorModels } from '../door/door-models.ts';
import type { Champions } from './champions.ts';
import type { FollowedVersion } from './followed-version.ts';
import { titleOf, type ModelShelf, type ServedModel } from './model-shelf.ts';

export interface ServedModelsOptions {
  /** `predict.model`. */
  readonly model: string;
  readonly registry: ModelRegistry;
  readonly shelf: ModelShelf;
  readonly champions: Champions;
  readonly challenger: FollowedVersion;
}

/** What the doors of an instance serve: what its stage needs, and what their clients have loaded beside. */
export class ServedModels implements DoorModels {
  readonly #options: ServedModelsOptions;
  /** By title. */
  readonly #asked = new Set<string>();

  constructor(options: ServedModelsOptions) {
    this.#options = options;
    options.shelf.neededBy(() => this.#asked);
  }

  get all(): readonly DoorModel[] {
    return this.#options.shelf.all();
  }

  find(name: string, version?: string): DoorModel | null {
    if (version === undefined) return this.#current(name);
    return this.#options.shelf.get(name, version) ?? this.#byAlias(name, version);
  }

  async use<T>({ tensors: { name, version } }: DoorModel, task: () => Promise<T>): Promise<T> {
    return this.#options.shelf.use(titleOf(name, version), task);
  }

  async load(name: string, version: string | null): Promise<void> {
    const { registry, shelf } = this.#options;
    const files = await registry.resolve(name, version);
    const title = titleOf(name, files.version);
    this.#asked.add(title);
    try {
      await shelf.load(name, files.version);
    } catch (error) {
      this.#asked.delete(title);
      throw error;
    }
  }

  unload(name: string, version: string | null): void {
    const { shelf } = this.#options;
    const loaded = shelf
      .all()
      .filter(({ tensors: there }) => there.name === name && (version ?? there.version) === there.version);
    if (loaded.length === 0) throw notLoaded(version === null ? name : `${name} ${version}`);
    const titles = loaded.map(({ tensors }) => titleOf(name, tensors.version));
    if (!titles.some((title) => this.#asked.delete(title))) throw inUse(name, loaded);
    for (const title of titles) this.#asked.delete(title);
    shelf.tidy();
  }

  /** Of the pipeline's model; a version of that name goes first. */
  #byAlias(name: string, alias: string): ServedModel | null {
    const { model, shelf, champions, challenger } = this.#options;
    if (name !== model) return null;
    if (alias === 'champion') return champions.served;
    return alias === 'challenger' && challenger.current ? shelf.get(name, challenger.current.version) : null;
  }

  #current(name: string): ServedModel | null {
    const { model, shelf, champions } = this.#options;
    if (name === model) return champions.served;
    return shelf.all().findLast(({ tensors }) => tensors.name === name) ?? null;
  }
}

function notLoaded(title: string): AppError {
  return new AppError('MODEL_NOT_FOUND', `${title} is not loaded here.`);
}

function inUse(name: string, loaded: readonly ServedModel[]): AppError {
  const versions = loaded.map(({ tensors }) => tensors.version).join(', ');
  return new AppError(
    'MODEL_IN_USE',
    `${name} ${versions} was not loaded by a client, but for the pipeline. \`millrace model alias\` chooses its version.`,
  );
}
