import { AppError } from '@millrace/core';

import { contentChecksum, fileChecksum } from './checksum.ts';
import { checksumsOf } from './model-card.ts';
import { assertModelName } from './model-name.ts';
import { CARD_FILE, MODEL_FILE, type ModelStore, type NewFile } from './model-store.ts';

export interface NewVersion {
  readonly model: string;
  /** Null: the number after the greatest one. */
  readonly version: string | null;
  /** By name, `model.onnx` among them, without `model.json`. */
  readonly files: ReadonlyMap<string, NewFile>;
  /** What `model.json` says; the checksums are added. */
  readonly card: Readonly<Record<string, unknown>>;
}

export interface AddedVersion {
  readonly version: string;
  /** False: the very same files are there already. */
  readonly isNew: boolean;
  /** Of `model.onnx`. */
  readonly sha256: string;
}

/**
 * Adds a version to a store, with the checksums of its files in `model.json`.
 *
 * @throws AppError `MODEL_INVALID` where the card has another checksum, `MODEL_EXISTS` where the name is taken by other files, `WRONG_USE` for a name that is none, and what
 *   the store throws
 */
export async function addVersion(
  store: ModelStore,
  { model, version, files, card }: NewVersion,
): Promise<AddedVersion> {
  assertModelName('model', model);
  if (version !== null) assertModelName('version', version);
  const chosen = version ?? nextVersion((await store.versions(model)).map((one) => one.version));
  const sums = new Map<string, string>();
  for (const [name, file] of files)
    sums.set(name, 'text' in file ? contentChecksum(file.text) : await fileChecksum(file.path));
  const sha256 = sums.get(MODEL_FILE) as string;
  const said = card['sha256'];
  if (typeof said === 'string' && said.toLowerCase() !== sha256)
    throw new AppError(
      'MODEL_INVALID',
      `its model.json says the SHA-256 ${said}; the file has ${sha256}. One of the two is of another model.`,
    );
  const others = Object.fromEntries([...sums].filter(([name]) => name !== MODEL_FILE));
  const text = JSON.stringify({ ...card, sha256, files: others }, null, 2) + '\n';
  const isFree = !(await store.versions(model)).some((one) => one.version === chosen);
  const isNew = isFree && (await store.add(model, chosen, new Map([...files, [CARD_FILE, { text }]])));
  if (!isNew) await assertSame(store, model, chosen, sums);
  return { version: chosen, isNew, sha256 };
}

/** @throws AppError `WRONG_USE` where versions are no numbers */
function nextVersion(versions: readonly string[]): string {
  const numbers = versions.map((version) => Number.parseInt(version, 10));
  if (!numbers.some(Number.isNaN)) return String(Math.max(0, ...numbers) + 1);
  throw new AppError(
    'WRONG_USE',
    `found the versions ${versions.join(', ')}, which do not all begin with a number: say with --version how the next is named.`,
  );
}

async function assertSame(
  store: ModelStore,
  model: string,
  version: string,
  sums: ReadonlyMap<string, string>,
): Promise<void> {
  const location = store.locationOf(model, version);
  const text = await store.read(model, version, CARD_FILE);
  const there = checksumsOf(text ?? '{}', store.locationOf(model, version, CARD_FILE));
  const other = [...sums.keys(), ...there.keys()].find((name) => sums.get(name) !== there.get(name));
  if (other === undefined) return;
  const what =
    text === null
      ? 'something is there without a model.json, such as an upload that broke off or goes on'
      : `of its ${other} the SHA-256 is ${there.get(other) ?? '(not said)'}, of the new one ${sums.get(other) ?? '(not there)'}`;
  throw new AppError('MODEL_EXISTS', `${location}: ${what}. Versions do not change: choose another with --version.`);
}
