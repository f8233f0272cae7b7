import { AppError, messageOf } from '@millrace/core';

import { isFileName } from './model-name.ts';
import { MODEL_FILE } from './model-store.ts';

/** What `model.json` says that Millrace uses; it may say more. */
export interface ModelCard {
  /** Names of the vector that it was trained on, in order; null: not said. */
  readonly features: readonly string[] | null;
  /** Of `model.onnx`, hexadecimal; null: not said. */
  readonly sha256: string | null;
  /** Whether it takes NaN, which null features are; true where it is not said. */
  readonly nan: boolean;
  /** Whether the same row gets the same answer, whenever and beside whatever it is asked; true where it is not said. */
  readonly deterministic: boolean;
}

/** @throws AppError `MODEL_INVALID` */
export function parseModelCard(text: string, file: string): ModelCard {
  const card = parseCardObject(text, file);
  const { features, sha256, nan, deterministic } = card;
  if (features !== undefined && !isListOfTexts(features)) throw invalid(file, 'features must be a list of texts');
  if (sha256 !== undefined && typeof sha256 !== 'string') throw invalid(file, 'sha256 must be a text');
  if (nan !== undefined && typeof nan !== 'boolean') throw invalid(file, 'nan must be true or false');
  if (deterministic !== undefined && typeof deterministic !== 'boolean')
    throw invalid(file, 'deterministic must be true or false');
  return {
    features: features ?? null,
    sha256: sha256?.toLowerCase() ?? null,
    nan: nan ?? true,
    deterministic: deterministic ?? true,
  };
}

/**
 * The checksums that a `model.json` has, by file: `sha256` is that of `model.onnx`, `files` has those of the files beside
 * it. SHA-256, hexadecimal.
 *
 * @throws AppError `MODEL_INVALID`
 */
export function checksumsOf(text: string, file: string): ReadonlyMap<string, string> {
  const { sha256 } = parseModelCard(text, file);
  const { files = {} } = parseCardObject(text, file);
  if (!isObject(files) || !isListOfTexts(Object.values(files)) || !Object.keys(files).every(isFileName))
    throw invalid(file, 'files must be an object of checksums by the names of files beside it');
  const others = Object.entries(files).map(([name, sum]) => [name, String(sum).toLowerCase()] as const);
  return new Map([...(sha256 === null ? [] : [[MODEL_FILE, sha256] as const]), ...others]);
}

/** All that a `model.json` says. @throws AppError `MODEL_INVALID` */
export function parseCardObject(text: string, file: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw invalid(file, `it is not JSON (${messageOf(error)})`);
  }
  if (!isObject(value)) throw invalid(file, 'it must be a JSON object');
  return value;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isListOfTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}

function invalid(file: string, why: string): AppError {
  return new AppError('MODEL_INVALID', `${file}: ${why}.`);
}
