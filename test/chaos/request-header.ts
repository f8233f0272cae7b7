/** The requests that faults are aimed at. https://kafka.apache.org/protocol#protocol_api_keys */
const API_NAMES = {
  0: 'Produce',
  1: 'Fetch',
  9: 'OffsetFetch',
  11: 'JoinGroup',
  12: 'Heartbeat',
  22: 'InitProducerId',
  24: 'AddPartitionsToTxn',
  26: 'EndTxn',
  28: 'TxnOffsetCommit',
} as const;

export type ApiName = (typeof API_NAMES)[keyof typeof API_NAMES] | 'other';

export interface RequestHeader {
  readonly api: ApiName;
  readonly correlationId: number;
  readonly clientId: string;
}

/** @param frame with its length in front */
export function readRequestHeader(frame: Buffer): RequestHeader {
  const key = frame.readInt16BE(4) as keyof typeof API_NAMES;
  const clientIdLength = Math.max(0, frame.readInt16BE(12));
  return {
    api: API_NAMES[key] ?? 'other',
    correlationId: frame.readInt32BE(8),
    clientId: frame.toString('utf8', 14, 14 + clientIdLength),
  };
}

/** Which request a frame of a broker answers. */
export function readCorrelationId(frame: Buffer): number {
  return frame.readInt32BE(4);
}
