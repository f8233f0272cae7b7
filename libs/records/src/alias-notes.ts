/**
 * What `<p>.control` says about the aliases of a model: the version in force, and while it is to be another one, the offer
 * of it and what the scorers answer.
 */
export const ALIAS_NOTE = {
  inForce: (model: string, alias: Alias): string => `alias:${model}:${alias}`,
  offer: (model: string, alias: Alias): string => `alias-offer:${model}:${alias}`,
  answer: (model: string, alias: Alias, memberId: string): string => `alias-answer:${model}:${alias}:${memberId}`,
} as const;

export const ALIASES = ['champion', 'challenger'] as const;

export type Alias = (typeof ALIASES)[number];

/** Value of `ALIAS_NOTE.inForce`. */
export interface AliasInForce {
  readonly version: string;
  /** Offset of its offer in `<p>.control`: of two switches the later one has the larger. */
  readonly number: number;
}

/** Value of `ALIAS_NOTE.offer`. */
export interface AliasOffer {
  readonly version: string;
  /** The members of the scorers' groups who are asked. */
  readonly members: readonly string[];
  /** Of the command that offers: by it, it finds its own. */
  readonly run: string;
}

/** Value of `ALIAS_NOTE.answer`. */
export interface AliasAnswer {
  /** The offer's offset. */
  readonly number: number;
  /** Why the version cannot be used; null: it is loaded, and fits. */
  readonly refused: string | null;
}

/** An entry of `<p>.decisions`: another version was made what the alias names. */
export interface AliasDecision {
  readonly decision: 'alias';
  readonly model: string;
  readonly alias: Alias;
  readonly version: string;
  /** What was in force; null: no alias was, so it was the pipeline file's version. */
  readonly before: string | null;
  readonly number: number;
  /** RFC 3339. */
  readonly decided_at: string;
  readonly decided_by: string;
  /** How many scorers had loaded the version; 0: none ran, and the command tried it itself. */
  readonly ready: number;
}
