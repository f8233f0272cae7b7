import type { OutboundRecord } from '@millrace/records';

/** Writes outside a transaction: the doors and the tools. Idempotent where the log knows how. */
export interface Publisher {
  /** Resolves when all of them are acknowledged by all in-sync replicas; the order within a partition is kept. */
  publish(records: readonly OutboundRecord[]): Promise<void>;
  close(): Promise<void>;
}
