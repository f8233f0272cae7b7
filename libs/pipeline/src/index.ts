/** Ring 1: the pipeline file and the plan that is made of it. */
export type {
  EventPayload,
  EventPlan,
  Expression,
  FeaturePlan,
  Floor,
  MonitorPlan,
  OutcomePlan,
  Plan,
  StagePlan,
  Take,
  TopicNames,
  ValueFeature,
  WindowFeature,
} from './plan.ts';
