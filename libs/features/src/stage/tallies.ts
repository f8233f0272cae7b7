/** What happened in a partition since it was opened, for metrics. Counts what was tried: a rollback does not take it back. */
export interface Tallies {
  /** Events to which a window was closed: older than what it sees at the horizon, or a pane's that may be folded. */
  lateEvents: number;
  /** Requests answered from windows whose contents may be gone. */
  lateRequests: number;
  /** Requests dropped because their id was answered lately. */
  duplicates: number;
}
