/** Ring 2: stages, the exactly-once runner, and the ports to a log. */
export {
  NO_GROUP,
  type Assignment,
  type CommittedPosition,
  type GroupIdentity,
  type GroupMember,
  type MemberOptions,
} from './ports/group-member.ts';
export type { BrokersFound, LogAdmin, Operation, Right, TopicDescription, TopicSpec } from './ports/log-admin.ts';
export { rightsMissing } from './rights-missing.ts';
export type { Log } from './ports/log.ts';
export type { Publisher } from './ports/publisher.ts';
export type { FetchedChunk, FetchLimits, FetchPosition, PartitionBounds, RecordSource } from './ports/record-source.ts';
export type {
  CommitPosition,
  TransactionalProducer,
  TransactionalProducerOptions,
} from './ports/transactional-producer.ts';
export type { BatchOutput, BatchTimes, RunnerObserver } from './runner-observer.ts';
export {
  joinOutputs,
  type InputPartition,
  type Stage,
  type StageOutput,
  type StateMarker,
  type TakeLimits,
  type TakePolicy,
  type TaskState,
  type WakeResult,
} from './stage.ts';
export {
  DEFAULT_LIMITS,
  type PartitionLag,
  type RunnerLimits,
  type RunnerStatus,
  type StageRunnerOptions,
  type StartFrom,
} from './runner/runner-options.ts';
export { Backoff } from './runner/backoff.ts';
export { StageRunner } from './runner/stage-runner.ts';
export { Heartbeat, type FailedBeat } from './heartbeat.ts';
export { assignPartitions, type AssignedMember } from './assign-partitions.ts';
export { decodeMarker, encodeMarker, type Marker } from './runner/marker.ts';
export { partitionCount } from './partition-count.ts';
export { latestByKey, readLatest } from './read-latest.ts';
export { readTopic, type TopicReading } from './read-topic.ts';
export { TopicFollower, type TopicFollowerOptions } from './topic-follower.ts';
export { Wakeup } from './runner/wakeup.ts';
