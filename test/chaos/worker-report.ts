/** What a worker process says of itself, so that faults can be aimed. Partitions as `partitionKey`. */
export type WorkerReport =
  | { readonly is: 'assigned'; readonly partitions: readonly string[] }
  | { readonly is: 'restored'; readonly task: string; readonly records: number }
  | { readonly is: 'taken'; readonly records: number; readonly partitions: readonly string[] }
  /** The batch is processed, nothing of its transaction is sent yet. */
  | { readonly is: 'committing' }
  | { readonly is: 'committed'; readonly records: number; readonly partitions: readonly string[] }
  | { readonly is: 'abandoned'; readonly records: number }
  | { readonly is: 'failed'; readonly code: string; readonly action: string; readonly message: string }
  /** SIGTERM has arrived. */
  | { readonly is: 'stopping' }
  /** The runner ended: by itself with an error's code, or as asked. */
  | { readonly is: 'ended'; readonly code: string | null };

export type ReportOf<Kind extends WorkerReport['is']> = Extract<WorkerReport, { is: Kind }>;
