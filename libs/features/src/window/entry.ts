/** An event in the windows of one key: what the features of its type take from it. */
export interface Entry {
  /** Event time, epoch milliseconds. */
  readonly at: number;
  readonly id: string;
  /** Offset in the stage's topic. */
  readonly offset: number;
  /** One per feature that takes from this type: a `Value`; null leaves the event out of that feature. Of a pane: states. */
  readonly values: readonly unknown[];
}

/** The order inside a key: by time, then by id, compared by UTF-16 code unit. */
export function isBefore(a: Entry, b: Entry): boolean {
  return a.at < b.at || (a.at === b.at && a.id < b.id);
}
