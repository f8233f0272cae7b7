import { AppError, messageOf } from '@millrace/core';

/** A row of `sample.jsonl`: what a version answers to a vector. */
export interface SampleRow {
  /** By the feature's name; null is NaN. */
  readonly inputs: Readonly<Record<string, number | null>>;
  /** By the output's name in the model's file; null: no finite number. */
  readonly outputs: Readonly<Record<string, number | null>>;
  /** How far an answer may be off: so much, or, above 1, this share of it. */
  readonly tolerance: number;
}

/** For sums of float32 in another order, on another machine. */
export const TOLERANCE = 1e-4;

/**
 * Reads a `sample.jsonl`.
 *
 * @throws AppError `MODEL_INVALID`, naming the line
 */
export function parseSample(text: string, file: string): readonly SampleRow[] {
  return text.split('\n').flatMap((line, i) => {
    if (line.trim() === '') return [];
    const invalid = (why: string): never => {
      throw new AppError('MODEL_INVALID', `${file}: line ${i + 1}: ${why}.`);
    };
    const { inputs, outputs, tolerance = TOLERANCE } = parseLine(line, invalid);
    if (!isNumbers(inputs) || !isNumbers(outputs))
      return invalid('allowed is {"inputs":{…},"outputs":{…}} with a number or null by name');
    if (typeof tolerance !== 'number' || !(tolerance >= 0)) return invalid('tolerance must be a number from 0');
    return [{ inputs, outputs, tolerance }];
  });
}

export function formatSample(rows: readonly SampleRow[]): string {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
}

function parseLine(line: string, invalid: (why: string) => never): Record<string, unknown> {
  try {
    return Object(JSON.parse(line)) as Record<string, unknown>;
  } catch (error) {
    return invalid(`it is not JSON (${messageOf(error)})`);
  }
}

function isNumbers(value: unknown): value is Readonly<Record<string, number | null>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((one) => one === null || typeof one === 'number');
}
