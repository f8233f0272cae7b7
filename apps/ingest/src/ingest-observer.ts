/** What ingest tells whoever watches it. */
export interface IngestObserver {
  event?(type: string): void;
  /** An event earlier than its partition's promise. */
  late?(type: string): void;
  rejected?(code: string): void;
  promiseOpened?(partition: number, id: string): void;
  promiseEnded?(partition: number, id: string): void;
  /** A partition of the promise has been idle for `events.watermark_timeout`. */
  promiseDropped?(partition: number, id: string): void;
}
