import type { LoadedEvent } from './build-events.ts';
import { buildStages } from './build-stages.ts';
import { bytesOf, msOf } from './checked-quantity.ts';
import type { FeatureDraft } from './feature-draft.ts';
import { featureSetVersion } from './feature-set-version.ts';
import { modelsLocation } from './models-location.ts';
import type { EventOptions, PipelineFile, PredictSection } from './pipeline-file.ts';
import type { MonitorPlan, OutcomePlan, Plan } from './plan.ts';
import { pseudonymUnder } from './pseudonym.ts';
import { topicNames } from './topic-names.ts';

/** The sections of the file that were built while they were checked. */
export interface CheckedParts {
  readonly events: ReadonlyMap<string, LoadedEvent>;
  readonly features: readonly FeatureDraft[];
  readonly outcome: OutcomePlan | null;
  readonly monitor: MonitorPlan;
  readonly retentionMs: number;
}

/** Everything has been checked: what is required is there. */
export function assemblePlan(
  file: PipelineFile,
  { folder, pseudonymKey }: { readonly folder: string; readonly pseudonymKey?: string | null | undefined },
  parts: CheckedParts,
): Plan {
  const { name = '', predict = {} } = file;
  const { on = '', key = '' } = predict;
  const pseudonyms = file.events?.pseudonyms ?? [];
  const secret = pseudonymKey?.trim() ?? '';
  const featureSet = featureSetVersion(parts.events, on, key, parts.features, pseudonyms);
  const { vector, stages } = buildStages(parts.features, key, `${name}.${featureSet}`);
  return {
    name,
    featureSet,
    folder,
    models: modelsLocation(folder, file.models ?? 'models'),
    delivery: file.delivery ?? 'exactly_once',
    onOutOfRange: file.on_out_of_range ?? 'stop',
    dedupe: {
      withinMs: msOf(file.dedupe?.within, 3_600_000),
      memoryBytes: bytesOf(file.dedupe?.memory, 16 * 1024 ** 2),
    },
    dlq: { maxPerMinute: file.dlq?.max_per_minute ?? null },
    topics: {
      partitions: file.topics?.partitions ?? 4,
      replication: file.topics?.replication ?? null,
      retentionMs: parts.retentionMs,
    },
    names: topicNames(name, featureSet),
    events: [...parts.events.values()].map(({ plan }) => plan),
    limits: limitsOf(file.events ?? {}),
    pseudonyms: {
      fields: pseudonyms,
      of: pseudonyms.length === 0 || secret === '' ? null : pseudonymUnder(secret, name),
    },
    flow: { maxLag: file.flow?.max_lag ?? 200_000 },
    predict: predictOf(predict, on, key),
    vector,
    stages,
    outcome: parts.outcome,
    monitor: parts.monitor,
  };
}

function limitsOf(options: EventOptions): Plan['limits'] {
  return {
    sensitive: options.sensitive ?? [],
    maxAheadMs: msOf(options.max_ahead, 3_600_000),
    maxBytes: bytesOf(options.max_bytes, 512 * 1024),
    latenessMs: msOf(options.lateness, 60_000),
    retainLateMs: msOf(options.retain_late, 600_000),
    maxSkewMs: msOf(options.max_skew, 600_000),
    watermarkTimeoutMs: msOf(options.watermark_timeout, 30_000),
  };
}

function predictOf(section: PredictSection, on: string, key: string): Plan['predict'] {
  return {
    on,
    key,
    model: section.model ?? '',
    version: section.version ?? null,
    includeFeatures: section.include_features ?? true,
    outputs: section.outputs === undefined ? null : new Map(Object.entries(section.outputs)),
    cache: section.cache ? { sizeBytes: bytesOf(section.cache.size, 0), forMs: msOf(section.cache.for, 0) } : null,
    providers: section.providers ?? ['cpu'],
    batch: { rows: section.batch?.rows ?? 256, deadlineMs: msOf(section.batch?.deadline, 20) },
  };
}
