import type { InboundRecord, OutboundRecord, TopicPartition } from '@millrace/records';

/** How a record breaks whoever processes it. */
export const POISONS = ['throws', 'rejects', 'huge', 'kills'] as const;
export type Poison = (typeof POISONS)[number];

/** A record of the worker's input. */
export interface NumberedValue {
  /** Which of its key's records it is. */
  readonly seq: number;
  /** Its own, different from all others. */
  readonly number: number;
  readonly poison: Poison | null;
}

export function numberedRecord(at: TopicPartition, key: string, value: NumberedValue): OutboundRecord {
  return { ...at, key, value: JSON.stringify(value) };
}

export function readNumbered(record: InboundRecord): NumberedValue {
  return JSON.parse(String(record.value)) as NumberedValue;
}
