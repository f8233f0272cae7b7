import type { ModelPort } from './model-port.ts';

/** Scoring that gives some of a result's columns, by their places; the whole result where these are all in order. */
export function pickColumns(score: ModelPort['score'], places: readonly number[], columns: number): ModelPort['score'] {
  if (places.length === columns && places.every((place, i) => place === i)) return score;
  const both = [...places, ...places.map((place) => columns + place)];
  return async (vectors, how) =>
    (await score(vectors, how)).map((outcome) => {
      if (!outcome.ok) return outcome;
      const { value } = outcome;
      const wanted = value.length > columns ? both : places;
      return { ...outcome, value: Float64Array.from(wanted, (place) => value[place] as number) };
    });
}
