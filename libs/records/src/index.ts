/** Ring 1: what a record is, and how the internal ones are written down. */
export {
  ALIAS_NOTE,
  ALIASES,
  type Alias,
  type AliasAnswer,
  type AliasDecision,
  type AliasInForce,
  type AliasOffer,
} from './alias-notes.ts';
export { ANSWERED_ELSEWHERE, isAnsweredElsewhere } from './answered-elsewhere.ts';
export {
  NO_EVENT_YET,
  NOTHING_FOLLOWS,
  type ClockRecord,
  type OpenPromise,
  type ProgressRecord,
} from './clock-record.ts';
export { cloudEventHeaders, rfc3339, type CloudEventContext } from './cloud-events.ts';
export {
  COUNT_SUBJECTS,
  EVENT_STREAM,
  type CountsDelta,
  type CountsRecord,
  type CountSubject,
  type IncidentNote,
  type SkewRecord,
  type MaturedRecord,
} from './count-record.ts';
export type { DeadLetter } from './dead-letter.ts';
export {
  binaryEnvelope,
  openEvent,
  plainEnvelope,
  STRUCTURED,
  structuredEnvelope,
  type EventEnvelope,
} from './event-envelope.ts';
export { eventKeyPartition } from './event-key-partition.ts';
export { isJsonObject, notAnObject, tooDeep, type JsonObject } from './json-object.ts';
export { LETTER_CODES, LETTER_PLACES, LETTER_STAGES, LetterTally } from './letter-tally.ts';
export { blockHash } from './block-hash.ts';
export { murmur2, partitionOf } from './murmur2.ts';
export type { Origin } from './origin.ts';
export { isRejection, reject, type Rejection } from './rejection.ts';
export { PLAN_NOTE, type KeyCheck, type PlanOffer, type RunningPlan } from './plan-notes.ts';
export {
  predictionHeaders,
  predictionValue,
  publishedNumber,
  type PredictionNames,
  type PredictionValue,
} from './prediction.ts';
export {
  headerText,
  NO_HEADERS,
  partitionKey,
  type Header,
  type Headers,
  type InboundRecord,
  type OutboundRecord,
  type RecordTrace,
  type TopicPartition,
} from './record.ts';
export type {
  AliasRecord,
  CarriedRow,
  FeaturesRecord,
  OutcomeRow,
  OutcomesRecord,
  ScoredRecord,
  ScoredRow,
  VectorRow,
} from './row-record.ts';
export type {
  Assembly,
  PartError,
  SeenRequest,
  StageEvent,
  StagePart,
  StageRecord,
  StageRequest,
} from './stage-record.ts';
export { decodeCountsRecord, encodeCountsRecord } from './count-codec.ts';
export { deadLetterRecord } from './dead-letter-record.ts';
export {
  decodeFeaturesRecord,
  decodeOutcomesRecord,
  decodeScoredRecord,
  encodeFeaturesRecord,
  encodeOutcomesRecord,
  encodeScoredRecord,
} from './row-codec.ts';
export { decodeStageRecord, encodeStageRecord } from './stage-codec.ts';
export { traceHeaders } from './trace-headers.ts';
