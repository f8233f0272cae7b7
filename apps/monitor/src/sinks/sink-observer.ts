/** Who watches a sink. Must not throw. */
export interface SinkObserver {
  /** `silenced`: it was for the log alone. */
  over(incident: string, outcome: 'told' | 'silenced'): void;
  /** An attempt failed; the next comes after `againMs`. */
  failed(incident: string, why: string, againMs: number): void;
  /** The alert will not be told here. */
  gaveUp(incident: string, why: string): void;
  /** The log fails for now; it is asked again at once. */
  unread(why: string): void;
  /** The alerts themselves cannot be read; it begins again after `againMs`. */
  stopped(why: string, againMs: number): void;
}
