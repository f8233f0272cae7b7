import { parseDuration, parseSize } from './quantity.ts';

/** A checked duration of the file in milliseconds, or its default. */
export function msOf<T>(text: string | undefined, otherwise: T): number | T {
  return text === undefined ? otherwise : (parseDuration(text) ?? otherwise);
}

/** A checked size of the file in bytes, or its default. */
export function bytesOf(text: string | undefined, otherwise: number): number {
  return text === undefined ? otherwise : (parseSize(text) ?? otherwise);
}
