import { element } from './element.ts';

/** A state or severity, or both: the words, with a shape and a colour that say the same. */
export function badge(word: string, severity: string | null = null): HTMLElement {
  const text = word.replaceAll('_', ' ');
  return element('span', { class: `badge ${severity ?? word}` }, severity === null ? text : `${severity}, ${text}`);
}
