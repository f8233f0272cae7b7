import type { InboundRecord, OutboundRecord } from '@millrace/records';

import type { NumberedValue } from './numbered-record.ts';

/** A record of the worker's output: which input record it answers, and what the state said then. */
export interface TotalValue {
  readonly key: string;
  readonly partition: number;
  readonly offset: number;
  readonly seq: number;
  readonly number: number;
  /** Sum of the numbers of its key up to this one. */
  readonly total: number;
  /** Makes the record large. */
  readonly padding?: string;
}

export function totalRecord(
  topic: string,
  input: InboundRecord,
  { seq, number }: NumberedValue,
  total: number,
  padding = '',
): OutboundRecord {
  const { partition, offset } = input;
  const key = String(input.key);
  const value: TotalValue = { key, partition, offset, seq, number, total, ...(padding === '' ? {} : { padding }) };
  return { topic, partition, key, value: JSON.stringify(value) };
}
