import { RE2JS } from 're2js';

export interface LinearPattern {
  /** Whether it is found in the text, anywhere. */
  test(text: string): boolean;
}

/** Those that events bring themselves are not kept for ever. */
const MOST_KEPT = 1000;
const kept = new Map<string, LinearPattern>();

/**
 * A regular expression whose time grows with the text and no faster, whatever the text is: RE2, which CEL asks for. So it
 * has no look-around and no back references.
 *
 * @param source as in JavaScript
 * @throws Error where it is none
 */
export function linearPattern(source: string): LinearPattern {
  const known = kept.get(source);
  if (known) return known;
  if (kept.size >= MOST_KEPT) kept.clear();
  const pattern = RE2JS.compile(RE2JS.translateRegExp(source));
  kept.set(source, pattern);
  return pattern;
}
