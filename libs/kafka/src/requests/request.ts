import type { WireReader } from '../wire/wire-reader.ts';

/** One request of Kafka's protocol in the version that Millrace speaks, and how its response is read. */
export interface Request<Response> {
  readonly api: keyof typeof API_KEYS;
  readonly version: number;
  /** The body, behind the request header. Versions with a flexible header begin it with that header's empty tags. */
  encode(): Buffer;
  decode(reader: WireReader): Response;
  /** Bytes in front of the body that `encode` leaves free for the header, so that a large body is not copied for it. */
  readonly headroom?: number;
  /** How long the broker may take to answer; the default of the connection when absent. */
  readonly timeoutMs?: number;
}

/** For the header of a request, unless the client's id is long. */
export const FRAME_HEADROOM = 256;

/** https://kafka.apache.org/protocol#protocol_api_keys */
export const API_KEYS = {
  Produce: 0,
  Fetch: 1,
  ListOffsets: 2,
  Metadata: 3,
  OffsetCommit: 8,
  OffsetFetch: 9,
  FindCoordinator: 10,
  JoinGroup: 11,
  Heartbeat: 12,
  LeaveGroup: 13,
  SyncGroup: 14,
  DescribeGroups: 15,
  ApiVersions: 18,
  CreateTopics: 19,
  DeleteTopics: 20,
  DeleteRecords: 21,
  InitProducerId: 22,
  AddPartitionsToTxn: 24,
  AddOffsetsToTxn: 25,
  EndTxn: 26,
  TxnOffsetCommit: 28,
  DescribeConfigs: 32,
  CreatePartitions: 37,
  DeleteGroups: 42,
} as const;
