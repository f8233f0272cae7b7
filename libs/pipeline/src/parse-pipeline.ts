import { fileURLToPath } from 'node:url';
import { resolve } from 'node:path';
import { buildEvents, type LoadedEvent, type ReadText } from './build-events.ts';
import { buildFeatures, type FeatureDraft } from './build-features.ts';
import { buildMonitor } from './build-monitor.ts';
import { buildOutcome } from './build-outcome.ts';
import { buildStages } from './build-stages.ts';
import { bytesOf, msOf } from './checked-quantity.ts';
import { checkLater } from './check-later.ts';
import { checkStructure } from './check-structure.ts';
import { deepFreeze } from './deep-freeze.ts';
import { featureSetVersion } from './feature-set-version.ts';
import { FileScope } from './file-scope.ts';
import { PipelineDocument } from './pipeline-document.ts';
import type { PipelineFile } from './pipeline-file.ts';
import type { MonitorPlan, OutcomePlan, Plan } from './plan.ts';
import { Problems } from './problems.ts';
import { retentionMs } from './retention.ts';
import { topicNames } from './topic-names.ts';

export interface PipelineSource {
  /** How messages name the file. */
  readonly file: string;
  /** Where relative paths start. */
  readonly folder: string;
  /** Reads a file relative to the folder. */
  readonly read: ReadText;
}

/**
 * Turns the text of a pipeline file into a plan.
 *
 * @throws AppError `PIPELINE_INVALID` with everything that is wrong, a line each; `NOT_IN_THIS_VERSION` where all that
 *   is wrong is that it comes later
 */
export async function parsePipeline(text: string, source: PipelineSource): Promise<Plan> {
  const document = new PipelineDocument(text);
  const problems = new Problems(source.file, document);
  problems.addSyntax();
  problems.throwIfAny();
  const file = checkStructure(document.value, problems);
  checkLater(file, problems);
  const parts = await checkParts(file, source, problems);
  problems.throwIfAny();
  return deepFreeze(assemble(file, source.folder, parts));
}

interface CheckedParts {
  readonly events: ReadonlyMap<string, LoadedEvent>;
  readonly features: readonly FeatureDraft[];
  readonly outcome: OutcomePlan | null;
  readonly monitor: MonitorPlan;
  readonly retentionMs: number;
}

async function checkParts(file: PipelineFile, source: PipelineSource, problems: Problems): Promise<CheckedParts> {
  const events = await buildEvents(file.events, source.read, problems);
  const scope = new FileScope(events, problems);
  const { on, key } = file.predict ?? {};
  checkPredict(file, scope);
  const features = buildFeatures(file.features ?? [], on, scope);
  const outcome = buildOutcome(file.outcome, key, scope);
  const longestMs = Math.max(0, ...features.map((feature) => (feature.kind === 'window' ? feature.overMs : 0)));
  const monitor = buildMonitor(
    file.monitor ?? {},
    new Set(features.map((feature) => feature.name)),
    longestMs,
    problems,
  );
  return {
    events,
    features,
    outcome,
    monitor,
    retentionMs: retentionMs(file, longestMs, { outcome, monitor }, problems),
  };
}

function checkPredict(file: PipelineFile, scope: FileScope): void {
  const { on, key, outputs } = file.predict ?? {};
  scope.checkType(['predict', 'on'], on);
  scope.checkField(['predict', 'key'], key, on);
  if (key !== undefined && file.events?.sensitive?.includes(key) === true)
    scope.problems.add(['predict', 'key'], {
      found: `${key}, which is sensitive`,
      allowed: 'a field that may be published: it is the key of every prediction',
    });
  const names = Object.values(outputs ?? {});
  if (new Set(names).size < names.length)
    scope.problems.add(['predict', 'outputs'], { found: 'one published name twice', allowed: 'each name once' });
}

/** Everything has been checked: what is required is there. */
function assemble(file: PipelineFile, folder: string, parts: CheckedParts): Plan {
  const { name = '', predict = {}, events: options = {} } = file;
  const { on = '', key = '' } = predict;
  const featureSet = featureSetVersion(parts.events, on, key, parts.features);
  const { vector, stages } = buildStages(parts.features, key, `${name}.${featureSet}`);
  return {
    name,
    featureSet,
    folder,
    models: modelsFolder(folder, file.models ?? 'models'),
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
    limits: {
      sensitive: options.sensitive ?? [],
      maxAheadMs: msOf(options.max_ahead, 3_600_000),
      maxBytes: bytesOf(options.max_bytes, 512 * 1024),
      latenessMs: msOf(options.lateness, 60_000),
      retainLateMs: msOf(options.retain_late, 600_000),
      maxSkewMs: msOf(options.max_skew, 600_000),
      watermarkTimeoutMs: msOf(options.watermark_timeout, 30_000),
    },
    flow: { maxLag: file.flow?.max_lag ?? 200_000 },
    predict: {
      on,
      key,
      model: predict.model ?? '',
      version: predict.version ?? null,
      includeFeatures: predict.include_features ?? true,
      outputs: predict.outputs === undefined ? null : new Map(Object.entries(predict.outputs)),
      providers: predict.providers ?? ['cpu'],
      batch: { rows: predict.batch?.rows ?? 256, deadlineMs: msOf(predict.batch?.deadline, 20) },
    },
    vector,
    stages,
    outcome: parts.outcome,
    monitor: parts.monitor,
  };
}

function modelsFolder(folder: string, models: string): string {
  return /^file:/i.test(models) ? fileURLToPath(models) : resolve(folder, models);
}
