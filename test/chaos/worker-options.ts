/** What a worker process is told at its start, as JSON in its first argument. */
export interface WorkerOptions {
  /** Its client id at the broker, too. */
  readonly name: string;
  readonly brokers: readonly string[];
  readonly input: string;
  readonly output: string;
  readonly dlq: string;
  readonly partitions: number;
  readonly groupId: string;
  readonly transactionalId: string;
  /** Static membership. */
  readonly instanceId?: string;
  readonly sessionTimeoutMs: number;
  readonly transactionTimeoutMs: number;
  /** Records of one transaction at most. */
  readonly batchRecords: number;
  /** How long the handler takes over a batch. */
  readonly handlerMs: number;
  /** How much larger than need be its output records are. */
  readonly paddingBytes: number;
  /** How long it waits between a batch processed and the first request of its transaction: a place to aim at. */
  readonly dwellMs: number;
}

/** What a running worker may be told. */
export type WorkerCommand =
  /** Neither dwell nor take time any more. */
  | { readonly do: 'hurry' }
  /** Its wall clock jumps, forwards or backwards. */
  | { readonly do: 'jump'; readonly ms: number };
