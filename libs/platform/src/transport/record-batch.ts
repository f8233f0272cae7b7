import type { InboundRecord } from '@millrace/records';

/** Records of one topic that are processed together. */
export interface RecordBatch {
  /** The topic by its role, as `@Consumes` names it. */
  readonly topic: string;
  /** In offset order within each partition. */
  readonly records: readonly InboundRecord[];
}
