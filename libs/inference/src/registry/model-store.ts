/** A file of a version. */
export interface StoredFile {
  readonly name: string;
  readonly bytes: number;
}

/** A version as a store lists it, before anything of it is read. */
export interface StoredVersion {
  readonly version: string;
  readonly files: readonly StoredFile[];
  /** When `model.onnx` came, epoch milliseconds. */
  readonly changedAt: number;
}

/** A version on this machine. */
export interface LocalVersion {
  /** Absolute; holds `model.onnx` and all that belongs to it. */
  readonly folder: string;
  /** Null: it has none. */
  readonly profileFile: string | null;
  /** Keeps the folder there, whoever else wants room. @returns lets it go; the end of the process does so, too */
  hold?(): Promise<() => Promise<void>>;
}

/** A file for a new version: one that is there, or its text. */
export type NewFile = { readonly path: string } | { readonly text: string };

/**
 * Where the versions of models lie. A version is there as a whole or not at all, and never changes; only its
 * `profile.json`, which is made from it, may come later and be made again.
 *
 * Every method throws AppError `MODEL_STORE_UNREACHABLE`, `MODEL_STORE_DENIED` or `MODEL_STORE_FAILED` where the store,
 * the disk or the network does not do its part.
 */
export interface ModelStore {
  /** Of a version, for people: a folder or a URL. */
  locationOf(...names: readonly string[]): string;
  /** Sorted as `compareVersions` says. */
  models(): Promise<readonly string[]>;
  /** Oldest first, as `compareVersions` says. None, if there is no such model. */
  versions(model: string): Promise<readonly StoredVersion[]>;
  /** A small file of a version; null: there is none. */
  read(model: string, version: string, file: string): Promise<string | null>;
  /**
   * Brings a version to this machine, where it is not there yet, and compares its checksums.
   *
   * @throws AppError `MODEL_INVALID`
   */
  checkOut(model: string, version: StoredVersion): Promise<LocalVersion>;
  /**
   * Adds a version.
   *
   * @param files by name, `model.onnx` and `model.json` among them
   * @returns false: another one has the name, or begins to take it; nothing has changed
   */
  add(model: string, version: string, files: ReadonlyMap<string, NewFile>): Promise<boolean>;
  /** Writes the `profile.json` of a version. @returns where it lies, for people */
  putProfile(model: string, version: string, text: string): Promise<string>;
}

export const MODEL_FILE = 'model.onnx';
export const CARD_FILE = 'model.json';
export const PROFILE_FILE = 'profile.json';
export const SAMPLE_FILE = 'sample.jsonl';

const BY_NUMBER = new Intl.Collator('en', { numeric: true });

/** By the numbers in the names: `2` before `10`, `1.9` before `1.10`. */
export const compareVersions: (a: string, b: string) => number = BY_NUMBER.compare;
