/** What an expression gives and an aggregation takes. Null: unknown, or left out. */
export type Value = number | string | boolean | null;
