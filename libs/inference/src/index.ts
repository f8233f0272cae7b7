/** Ring 2: models. The registry, what a model takes and gives, and scoring in worker threads. */
export { Overloaded, PRIORITIES, SOURCES } from '@millrace/batching';
export type {
  BatchObserver,
  BatchReport,
  DropReason,
  LeaveReason,
  Priority,
  RowBatch,
  RowOutcome,
  Source,
  SubmitOptions,
} from '@millrace/batching';
export { checkFits, type FeatureCategories } from './check-fits.ts';
export { loadModel, type LoadedModel, type LoadModelOptions } from './load-model.ts';
export { loadTensorModel, type LoadedTensorModel } from './load-tensor-model.ts';
export type { ModelPort } from './model-port.ts';
export { describeRefusals, type ProviderRefusal } from './provider-refusal.ts';
export { publishedOutputs } from './published-outputs.ts';
export { addVersion, type AddedVersion } from './registry/add-version.ts';
export { awaitStore } from './registry/await-store.ts';
export { externalFiles } from './registry/external-files.ts';
export { checksumsOf, parseCardObject, parseModelCard, type ModelCard } from './registry/model-card.ts';
export { isFileName } from './registry/model-name.ts';
export { assertModel, openRegistry, type ModelFiles, type ModelRegistry } from './registry/model-registry.ts';
export { MODEL_FILE, SAMPLE_FILE, type ModelStore, type NewFile, type StoredVersion } from './registry/model-store.ts';
export { openModelStore, type StoreOptions } from './registry/open-store.ts';
export type { ModelStoreSettings } from './registry/s3-settings.ts';
export { formatSample, TOLERANCE, type SampleRow } from './registry/sample-rows.ts';
export { compareSample, verifySample, type SampleUse } from './registry/verify-sample.ts';
export type { CacheObserver } from './score-cache.ts';
export { labelsOf, selectOutputs, type SelectedOutput } from './select-outputs.ts';
export type { RunOptions } from './run-options.ts';
export type { TensorModel } from './tensor-model.ts';
export { vectorTensorModel, type VectorTensorModelOptions } from './vector-tensor-model.ts';
export { sessionBytes } from './session-bytes.ts';
export { readSignature } from './with-threads.ts';
export { describeTensor, type ModelSignature, type TensorSpec } from './signature.ts';
