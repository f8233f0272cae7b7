/** Which version of the pipeline's model is in force at a place of the stream. */
export interface Champion {
  readonly version: string;
  /** Of the latest switch that has been there: later ones have larger numbers. Null: none. */
  readonly number: number | null;
  /** Whether the pipeline file says the version, and no alias does. */
  readonly fromPlan: boolean;
}

/** Whether a switch comes behind all that have been there. */
export function isLater(number: number, than: Champion): boolean {
  return than.number === null || number > than.number;
}
