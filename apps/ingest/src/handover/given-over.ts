import { PLAN_NOTE, type OutboundRecord } from '@millrace/records';

/** Where one feature set ends in an input partition and the next one begins: noted by the old one, in the transaction that stands there. */
export interface GivenOver {
  /** The set that takes over. */
  readonly to: string;
  /** The first offset that the new set answers. */
  readonly offset: number;
  /** The largest record timestamp before it, epoch milliseconds; null where there was none. */
  readonly stampedMs: number | null;
  /** No request before it is later than this, event time; null where there was none. */
  readonly untilMs: number | null;
  /** The partition's clock as it stood: the new set goes on with it. A marker's bytes in base64. */
  readonly clock: string;
  /** Of the old set's topics, which is done when all of them are drained; as many as the new one's where it does not say. */
  readonly partitions?: number;
}

export function givenOverRecord(control: string, from: string, partition: number, note: GivenOver): OutboundRecord {
  return { topic: control, partition: 0, key: PLAN_NOTE.givenOver(from, partition), value: JSON.stringify(note) };
}
