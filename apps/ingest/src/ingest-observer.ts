export interface SilentPromise {
  readonly id: string;
  readonly partition: number;
  readonly silentMs: number;
}

/** Who counts and tells. A batch that is retried is counted again. */
export interface IngestObserver {
  /** A good event; late: earlier than its partition's promise. */
  event?(type: string, late: boolean): void;
  /** A good event that came too late for the panes that take something from it. */
  overdue?(): void;
  /** One of the promise's partitions, this one, was idle for `events.watermark_timeout`. */
  promiseDropped?(dropped: { readonly id: string; readonly partition: number }): void;
  /** About once a second: the open promises of which nothing comes, each with its partition that is silent longest. */
  promisesSilent?(silent: readonly SilentPromise[]): void;
}
