import { distance } from 'fastest-levenshtein';

/** The name that was probably meant: at most a third of the letters differ. Null: none is near. */
export function nearestName(found: string, allowed: Iterable<string>): string | null {
  let best: string | null = null;
  let least = Math.max(1, Math.floor(found.length / 3)) + 1;
  for (const name of allowed) {
    const steps = distance(found.toLowerCase(), name.toLowerCase());
    if (steps < least) [best, least] = [name, steps];
  }
  return best;
}
