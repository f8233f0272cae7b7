import { planWarnings } from './plan-warnings.ts';
import type { FeaturePlan, Plan } from './plan.ts';
import { formatDuration } from './quantity.ts';
import { estimateState, type StateEstimate } from './state-estimate.ts';
import { topicSpecs } from './topic-specs.ts';

/** What is known beside the file. */
export interface PlanFacts {
  /** Events a second, for the estimate of state. */
  readonly rate?: number;
  /** The model's signature, and whether it fits, in a line each. */
  readonly model?: { readonly version: string; readonly signature: readonly string[] };
}

/** What a pipeline file will do. */
export interface PlanExplanation {
  readonly name: string;
  readonly feature_set: string;
  readonly events: readonly { readonly type: string; readonly id: string; readonly time: string }[];
  readonly topics: readonly { readonly topic: string; readonly partitions: number; readonly kept: string }[];
  readonly stages: readonly {
    readonly by: readonly string[];
    readonly topic: string;
    readonly features: readonly string[];
    readonly longest: string;
    readonly assembler: boolean;
  }[];
  readonly vector: readonly { readonly index: number; readonly name: string; readonly from: string }[];
  readonly model: { readonly name: string; readonly version: string; readonly signature: readonly string[] };
  readonly state: StateEstimate;
  readonly warnings: readonly string[];
}

const DEFAULT_RATE = 100;

/** Says what the plan will do: topics, stages, vector, model, state, warnings. */
export function explainPlan(plan: Plan, facts: PlanFacts = {}): PlanExplanation {
  return {
    name: plan.name,
    feature_set: plan.featureSet,
    events: plan.events.map((event) => ({
      type: event.type,
      id: event.id ?? 'header ce_id',
      time: event.time ?? 'header ce_time',
    })),
    topics: topicSpecs(plan).map(({ topic, partitions, config }) => ({ topic, partitions, kept: kept(config) })),
    stages: plan.stages.map((stage) => ({
      by: stage.by,
      topic: stage.topic,
      features: stage.features.map((feature) => feature.name),
      longest: formatDuration(stage.longestMs),
      assembler: stage.assembler,
    })),
    vector: plan.vector.map((feature) => ({ index: feature.index, name: feature.name, from: originOf(feature, plan) })),
    model: {
      name: plan.predict.model,
      version: facts.model?.version ?? plan.predict.version ?? 'the newest',
      signature: facts.model?.signature ?? [],
    },
    state: estimateState(plan, facts.rate ?? DEFAULT_RATE),
    warnings: planWarnings(plan),
  };
}

function kept(config: Readonly<Record<string, string>>): string {
  if (config['cleanup.policy'] === 'compact') return 'the last of each key';
  return config['retention.ms'] === '-1' ? 'for ever' : formatDuration(Number(config['retention.ms']));
}

function originOf(feature: FeaturePlan, plan: Plan): string {
  if (feature.kind === 'value') {
    const known =
      feature.categories === null ? '' : `, one of ${feature.categories.length}${feature.other ? ' or other' : ''}`;
    return `${feature.expression.source}${known}`;
  }
  const of = feature.of === null ? '' : ` of ${feature.of.source}`;
  const where = feature.where === null ? '' : ` where ${feature.where.source}`;
  const panes = feature.resolutionMs === null ? '' : ` in panes of ${formatDuration(feature.resolutionMs)}`;
  return `${feature.take}${of} over ${formatDuration(feature.overMs)}${panes} of ${feature.from} by ${plan.stages[feature.stage]?.by.join(', ')}${where}`;
}
