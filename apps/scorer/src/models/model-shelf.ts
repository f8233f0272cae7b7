import type { ModelPort, Source, TensorModel } from '@millrace/inference';

import type { ModelStatistics } from '../door/model-statistics.ts';

/** A version that is loaded. */
export interface ServedModel {
  /** For vectors; null: it is here for the doors alone. */
  readonly port: ModelPort | null;
  readonly tensors: TensorModel;
  readonly statistics: ModelStatistics;
  /** Rows of a source that wait for a batch. */
  queuedRows(source: Source): number;
  /** What its cache of answers takes; null: it has none. */
  cachedBytes(): number | null;
  close(): Promise<void>;
}

export interface ModelShelfOptions {
  /** Loads a version, ready to be used. */
  readonly open: (name: string, version: string) => Promise<ServedModel>;
  readonly onLoaded: (model: ServedModel) => void;
  /** Nobody needs it any more. */
  readonly onClosed: (model: ServedModel) => void;
}

interface Place {
  readonly served: Promise<ServedModel>;
  /** Null while it loads. */
  loaded: ServedModel | null;
  /** Calls that use it, beside those who need it to be here. */
  calls: number;
}

/** As which a version is known: what needs it names it so. */
export function titleOf(name: string, version: string): string {
  return `${name}/${version}`;
}

/** The versions that are loaded, each once, for as long as somebody needs them. */
export class ModelShelf {
  readonly #options: ModelShelfOptions;
  readonly #places = new Map<string, Place>();
  readonly #needs: (() => Iterable<string>)[] = [];

  constructor(options: ModelShelfOptions) {
    this.#options = options;
  }

  /** In the order in which they were loaded. */
  all(): readonly ServedModel[] {
    return [...this.#places.values()].flatMap(({ loaded }) => loaded ?? []);
  }

  /** Null while it is not loaded. */
  get(name: string, version: string): ServedModel | null {
    return this.#places.get(titleOf(name, version))?.loaded ?? null;
  }

  /** However many ask, it is loaded once; what fails is tried again by the next who asks. */
  load(name: string, version: string): Promise<ServedModel> {
    const title = titleOf(name, version);
    const known = this.#places.get(title);
    if (known) return known.served;
    const place: Place = { served: this.#options.open(name, version), loaded: null, calls: 0 };
    this.#places.set(title, place);
    place.served.then(
      (served) => {
        place.loaded = served;
        this.#options.onLoaded(served);
      },
      () => this.#places.delete(title),
    );
    return place.served;
  }

  /** A version stays while it is among what one of these says. */
  neededBy(titles: () => Iterable<string>): void {
    this.#needs.push(titles);
  }

  /** Lends a loaded version, which stays until the task has ended. */
  async use<T>(title: string, task: () => Promise<T>): Promise<T> {
    const place = this.#places.get(title);
    if (place) place.calls++;
    try {
      return await task();
    } finally {
      if (place) place.calls--;
      this.tidy();
    }
  }

  /** Closes what nobody needs. */
  tidy(): void {
    if (this.#places.size < 2) return;
    const needed = new Set(this.#needs.flatMap((titles) => [...titles()]));
    for (const [title, { loaded, calls }] of this.#places) {
      if (!loaded || calls > 0 || needed.has(title)) continue;
      this.#places.delete(title);
      this.#options.onClosed(loaded);
      void loaded.close();
    }
  }

  async close(): Promise<void> {
    const loading = [...this.#places.values()].map(({ served }) => served.then((model) => model.close()));
    await Promise.allSettled(loading);
  }
}
