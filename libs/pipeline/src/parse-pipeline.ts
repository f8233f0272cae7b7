import { assemblePlan, type CheckedParts } from './assemble-plan.ts';
import { buildEvents, type ReadText } from './build-events.ts';
import { buildFeatures } from './build-features.ts';
import { buildMonitor } from './build-monitor.ts';
import { buildOutcome } from './build-outcome.ts';
import { checkHidden } from './check-hidden.ts';
import { checkLater } from './check-later.ts';
import { checkStructure } from './check-structure.ts';
import { deepFreeze } from './deep-freeze.ts';
import type { FeatureDraft } from './feature-draft.ts';
import { FileScope } from './file-scope.ts';
import { hiddenNames } from './hidden-fields.ts';
import { checkModels } from './models-location.ts';
import { PipelineDocument } from './pipeline-document.ts';
import type { PipelineFile } from './pipeline-file.ts';
import type { Plan } from './plan.ts';
import { Problems } from './problems.ts';
import { retentionMs } from './retention.ts';

export interface PipelineSource {
  /** How messages name the file. */
  readonly file: string;
  /** Where relative paths start. */
  readonly folder: string;
  /** Reads a file relative to the folder. */
  readonly read: ReadText;
  /** What pseudonyms are made with; without it events cannot be read, where there are any. */
  readonly pseudonymKey?: string | null | undefined;
}

/**
 * Turns the text of a pipeline file into a plan.
 *
 * @throws AppError `PIPELINE_INVALID` with everything that is wrong, a line each; `NOT_IN_THIS_VERSION` where all that
 *   is wrong is that it comes later; `CONFIG_INVALID` where the key of pseudonyms is too short
 */
export async function parsePipeline(text: string, source: PipelineSource): Promise<Plan> {
  const document = new PipelineDocument(text);
  const problems = new Problems(source.file, document);
  problems.addSyntax();
  problems.throwIfAny();
  const file = checkStructure(document.value, problems);
  checkLater(file, problems);
  checkModels(file.models ?? 'models', problems);
  const parts = await checkParts(file, source, problems);
  problems.throwIfAny();
  return deepFreeze(assemblePlan(file, source, parts));
}

async function checkParts(file: PipelineFile, source: PipelineSource, problems: Problems): Promise<CheckedParts> {
  const events = await buildEvents(file.events, source.read, problems);
  checkHidden(hiddenNames(file.events), events, problems);
  const scope = new FileScope(events, problems);
  const on = file.predict?.on;
  checkPredict(file, scope);
  checkBlock(file, scope);
  const features = buildFeatures(file.features ?? [], on, scope);
  const outcome = buildOutcome(file, scope);
  const longestMs = Math.max(0, ...features.map((feature) => (feature.kind === 'window' ? feature.overMs : 0)));
  const monitor = buildMonitor(file.monitor ?? {}, features, [...events.keys()], longestMs, problems);
  return {
    events,
    features,
    outcome,
    monitor,
    retentionMs: retentionMs(file, reachMs(features), { outcome, monitor }, problems),
  };
}

/** How far back the windows reach: to the beginning of a pane. */
function reachMs(features: readonly FeatureDraft[]): number {
  return Math.max(
    0,
    ...features.map((feature) => (feature.kind === 'window' ? feature.overMs + (feature.resolutionMs ?? 0) : 0)),
  );
}

/** Of another field than the key a hash is in internal topics, from which a text of few letters can be guessed. */
function checkBlock({ monitor, predict, events }: PipelineFile, scope: FileScope): void {
  const block = monitor?.block;
  scope.checkKeyField(['monitor', 'block'], block, predict?.on);
  if (block !== undefined && events?.sensitive?.includes(block) === true)
    scope.problems.add(['monitor', 'block'], {
      found: `${block}, which is sensitive`,
      allowed: 'a field that is not: its hash is kept with each prediction',
    });
}

function checkPredict(file: PipelineFile, scope: FileScope): void {
  const { on, key, outputs } = file.predict ?? {};
  scope.checkType(['predict', 'on'], on);
  scope.checkKeyField(['predict', 'key'], key, on);
  if (key !== undefined && file.events?.sensitive?.includes(key) === true)
    scope.problems.add(['predict', 'key'], {
      found: `${key}, which is sensitive`,
      allowed: 'a field that may be published, as the key of every prediction, or one of events.pseudonyms',
    });
  const names = Object.values(outputs ?? {});
  if (new Set(names).size < names.length)
    scope.problems.add(['predict', 'outputs'], { found: 'one published name twice', allowed: 'each name once' });
}
