/**
 * What the services note on `<p>.control` as one feature set takes over from another. Keys name the set that the note is
 * about, between colons, so that all that is left of a set can be found.
 */
export const PLAN_NOTE = {
  /** By which set events are taken. One note. */
  running: 'plan',
  /** To the set `from`: somebody would take over. */
  offer: (from: string): string => `offer:${from}`,
  /** By the set `from`: it answers nothing that comes behind an offset of this input partition. */
  givenOver: (from: string, partition: number): string => `given-over:${from}:${partition}`,
  /** By the set `to`: its windows hold what lies before that offset. */
  refilled: (to: string, partition: number): string => `refilled:${to}:${partition}`,
  /** By the set `from`: nothing is left to do in this partition of its last topics. */
  drained: (from: string, partition: number): string => `drained:${from}:${partition}`,
  /** By the set: which key its pseudonyms are made with. */
  pseudonymKey: (set: string): string => `pseudonym-key:${set}`,
} as const;

/** Value of `PLAN_NOTE.running`. */
export interface RunningPlan {
  readonly feature_set: string;
}

/** Value of `PLAN_NOTE.pseudonymKey`. */
export interface KeyCheck {
  /** What the key makes of a text that all know. */
  readonly check: string;
}

/** Value of `PLAN_NOTE.offer`. */
export interface PlanOffer {
  readonly to: string;
  /** What it joins by: its `predict.key`, and what of it is pseudonyms. What waits for an outcome lies elsewhere under another one. */
  readonly key: string;
  /** Whether it has outcomes to wait for. */
  readonly outcome: boolean;
  /** Of its topics, where they may have more or fewer than those before: what waits lies elsewhere then. */
  readonly partitions?: number;
}
