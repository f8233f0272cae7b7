import type { VersionRange } from './api-versions.ts';
import { API_KEYS } from './request.ts';

/** In which version each request of this folder is sent: together, what Kafka 2.5 was the first to speak. */
export const NEEDED_VERSIONS = {
  Produce: 7,
  Fetch: 11,
  ListOffsets: 3,
  Metadata: 8,
  OffsetCommit: 7,
  OffsetFetch: 7,
  FindCoordinator: 2,
  JoinGroup: 5,
  Heartbeat: 3,
  LeaveGroup: 3,
  SyncGroup: 3,
  DescribeGroups: 3,
  ApiVersions: 0,
  CreateTopics: 4,
  DeleteTopics: 3,
  InitProducerId: 1,
  AddPartitionsToTxn: 1,
  AddOffsetsToTxn: 1,
  EndTxn: 1,
  TxnOffsetCommit: 3,
  DescribeConfigs: 1,
  DeleteGroups: 1,
} as const satisfies Partial<Record<keyof typeof API_KEYS, number>>;

/** Which of them a broker does not speak, and what it has instead, in words. */
export function unspokenOf(spoken: ReadonlyMap<number, VersionRange>): readonly string[] {
  return Object.entries(NEEDED_VERSIONS).flatMap(([api, version]) => {
    const found = spoken.get(API_KEYS[api as keyof typeof NEEDED_VERSIONS]);
    if (found && found.least <= version && version <= found.most) return [];
    return [`${api} ${version} (found ${found ? `${found.least} to ${found.most}` : 'none'})`];
  });
}
