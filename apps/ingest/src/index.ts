export { EventDecoder, type Decoded, type DecodedEvent } from './decode/event-decoder.ts';
export type { IngestObserver } from './ingest-observer.ts';
export { IngestStage, type IngestStageOptions } from './ingest.stage.ts';
