import { AppError } from '@millrace/core';

export type JsonObject = Readonly<Record<string, unknown>>;

/** Readers of what a client sent. Each throws AppError `INFERENCE_INVALID` with the field's path. */
export function asObject(value: unknown, path: string): JsonObject {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject;
  throw wrongField(path, value, 'an object');
}

export function asList(value: unknown, path: string): readonly unknown[] {
  if (Array.isArray(value)) return value as readonly unknown[];
  throw wrongField(path, value, 'a list');
}

export function asText(value: unknown, path: string): string {
  if (typeof value === 'string') return value;
  throw wrongField(path, value, 'a text');
}

/** An integer from 0 to 2^53. */
export function asCount(value: unknown, path: string): number {
  if (Number.isSafeInteger(value) && (value as number) >= 0) return value as number;
  throw wrongField(path, value, 'an integer from 0');
}

export function asFlag(value: unknown, path: string): boolean {
  if (typeof value === 'boolean') return value;
  throw wrongField(path, value, 'true or false');
}

export function wrongField(path: string, found: unknown, allowed: string): AppError {
  return new AppError('INFERENCE_INVALID', `${path}: found ${describeValue(found)}; allowed is ${allowed}.`);
}

const SHOWN = 40;

/** For people, and never long. */
export function describeValue(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'an object';
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
}
