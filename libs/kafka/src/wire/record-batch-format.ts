/**
 * Where the fields of a record batch lie (magic 2; KIP-98, https://kafka.apache.org/documentation/#recordbatch).
 * The checksum covers everything from the attributes on.
 */
export const BATCH = {
  baseOffset: 0,
  length: 8,
  leaderEpoch: 12,
  magic: 16,
  crc: 17,
  attributes: 21,
  lastOffsetDelta: 23,
  firstTimestamp: 27,
  maxTimestamp: 35,
  producerId: 43,
  producerEpoch: 51,
  firstSequence: 53,
  count: 57,
  records: 61,
} as const;

/** `length` counts from behind itself. */
export const LENGTH_FROM = BATCH.leaderEpoch;

export const ATTRIBUTES = { codec: 7, logAppendTime: 8, transactional: 16, control: 32 } as const;
