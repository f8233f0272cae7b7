/** Ring 1: the pipeline file and the plan that is made of it. */
export { asyncApi } from './asyncapi/async-api.ts';
export { allowedSinkUrl } from './build-sinks.ts';
export { explainPlan, type PlanExplanation, type PlanFacts } from './explain-plan.ts';
export { parseEventTime } from './event-time.ts';
export { featureCategories } from './feature-categories.ts';
export { formatExplanation } from './format-explanation.ts';
export { hiddenFields } from './hidden-fields.ts';
export { joinKey } from './join-key.ts';
export { loadPlan } from './load-plan.ts';
export { parsePipeline, type PipelineSource } from './parse-pipeline.ts';
export { PSEUDONYM_KEY, PSEUDONYM_KEY_WANTED, pseudonymUnder, type Pseudonym } from './pseudonym.ts';
export { publishedFeatures } from './published-features.ts';
export { MOST_INPUT_PARTITIONS, topicSpecs, type PlannedTopic } from './topic-specs.ts';
export { formatDuration, formatSize, parseDuration, parseSize } from './quantity.ts';
export { textCondition, type TextCondition } from './text-condition.ts';
export { ZonedTime, zonedTime } from './zoned-time.ts';
export type {
  EventPayload,
  EventPlan,
  Expression,
  FeaturePlan,
  Floor,
  JsonSchema,
  MonitorPlan,
  OutcomePlan,
  Plan,
  PlannedText,
  SinkPlan,
  StagePlan,
  Take,
  TopicNames,
  ValueFeature,
  WindowFeature,
} from './plan.ts';
export { topicNames } from './topic-names.ts';
