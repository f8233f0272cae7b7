import type { TopicNames } from './plan.ts';

/** The names of all topics but those of the keyed stages. */
export function topicNames(name: string, featureSet: string): TopicNames {
  const versioned = `${name}.${featureSet}`;
  return {
    events: `${name}.events`,
    predictions: `${name}.predictions`,
    outcomes: `${name}.outcomes`,
    examples: `${name}.examples`,
    alerts: `${name}.alerts`,
    control: `${name}.control`,
    decisions: `${name}.decisions`,
    dlq: `${name}.dlq`,
    ledger: `${name}.ledger`,
    features: `${versioned}.features`,
    scored: `${versioned}.scored`,
    counts: `${versioned}.counts`,
    joinOutcomes: `${versioned}.outcomes`,
  };
}
