/** What happened in a partition since it was opened, for metrics. Counts what was tried: a rollback does not take it back. */
export interface Tallies {
  /** Events older than every window at the horizon. */
  lateEvents: number;
  /** Requests answered from windows whose contents may be gone. */
  lateRequests: number;
  /** Requests dropped because their id was answered lately. */
  duplicates: number;
}
