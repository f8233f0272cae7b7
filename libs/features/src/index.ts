/** Ring 1: windows over events, what is taken of them, and the keyed stages that hold them. */
export type { Aggregator } from './aggregators/aggregator.ts';
export { AGGREGATORS, emptyValue } from './aggregators/aggregators.ts';
export type { KnownEvent, Projection, StageAddress } from './projection/projection.ts';
export { createProjector, type Projector } from './projection/projector.ts';
export { assemblerOf } from './projection/request-projection.ts';
export { stageKey } from './projection/stage-key.ts';
export type { Contents } from './window/contents.ts';
export type { Entry } from './window/entry.ts';
export type { Emission } from './stage/emission.ts';
export { KeyedPartition } from './stage/keyed-partition.ts';
export { failedPart, partRecord } from './stage/part-record.ts';
export type { Tallies } from './stage/tallies.ts';
export { requestLetter } from './stage/vector-record.ts';
export { measureDisorder } from './offline/disorder.ts';
export { EventsOutOfOrder } from './offline/events-out-of-order.ts';
export type { FileEvent } from './offline/file-event.ts';
export { offlineFeatures, type FeatureRow, type OfflineOptions } from './offline/offline-features.ts';
export { OfflineWindows } from './offline/offline-windows.ts';
