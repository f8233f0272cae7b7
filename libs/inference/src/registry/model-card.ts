import { AppError, messageOf } from '@millrace/core';

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
  const card = parseObject(text, file);
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

function parseObject(text: string, file: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw invalid(file, `it is not JSON (${messageOf(error)})`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw invalid(file, 'it must be a JSON object');
  return value as Record<string, unknown>;
}

function isListOfTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}

function invalid(file: string, why: string): AppError {
  return new AppError('MODEL_INVALID', `${file}: ${why}.`);
}
