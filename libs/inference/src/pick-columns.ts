import type { ModelPort } from './model-port.ts';

/** Scoring that gives some of a result's columns, by their places; the whole result where these are all in order. */
export function pickColumns(score: ModelPort['score'], places: readonly number[], columns: number): ModelPort['score'] {
  if (places.length === columns && places.every((place, i) => place === i)) return score;
  return async (vectors, how) =>
    (await score(vectors, how)).map((outcome) => {
      if (!outcome.ok) return outcome;
      return { ...outcome, value: Float64Array.from(places, (place) => outcome.value[place] as number) };
    });
}
