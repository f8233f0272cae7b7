/** The ingest service: what users send becomes what the other services need. */
export { createIngest } from './create-ingest.ts';
export { IngestModule } from './ingest.module.ts';
export { IngestStage, type IngestStageOptions } from './ingest.stage.ts';
