export { IngestStage, type IngestStageOptions } from './ingest.stage.ts';
