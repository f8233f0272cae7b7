import type { EventPlan, FeaturePlan, Plan, StagePlan, Take, TopicNames, WindowFeature } from '@millrace/pipeline';

import { field } from './field.ts';

/** A window feature, said in short: `{ from: 'sale', by: ['place'], over: 100, take: 'mean', of: 'amount' }`. */
export interface SmallFeature {
  readonly from: string;
  readonly by: readonly string[];
  readonly over: number;
  readonly take: Take;
  readonly of?: string;
  readonly where?: string;
  readonly default?: number;
  /** Milliseconds; exact without it. */
  readonly resolution?: number;
}

export interface SmallPlan {
  readonly features: readonly SmallFeature[];
  readonly types?: readonly string[];
  readonly retainLateMs?: number;
  readonly dedupe?: Partial<Plan['dedupe']>;
}

/** Requests are `ask` events with the key `user`; the value feature `n` comes first in the vector. */
export function smallPlan({ features, types = ['ask', 'sale'], retainLateMs = 0, dedupe }: SmallPlan): Plan {
  const vector: FeaturePlan[] = [
    { kind: 'value', name: 'n', index: 0, expression: field('n'), categories: null, other: false, default: Number.NaN },
  ];
  const stages = stagesOf(features, vector);
  return {
    name: 'small',
    featureSet: '00000000',
    folder: '/',
    models: '/models',
    delivery: 'exactly_once',
    onOutOfRange: 'stop',
    dedupe: { withinMs: 3_600_000, memoryBytes: 1 << 20, ...dedupe },
    dlq: { maxPerMinute: null },
    topics: { partitions: 1, replication: null, retentionMs: 1 },
    names: NAMES,
    events: types.map(eventPlan),
    limits: {
      sensitive: [],
      maxAheadMs: 0,
      maxBytes: 1,
      latenessMs: 0,
      retainLateMs,
      maxSkewMs: 0,
      watermarkTimeoutMs: 0,
    },
    pseudonyms: { fields: [], of: null },
    flow: { maxLag: 1 },
    predict: {
      on: 'ask',
      key: 'user',
      model: 'm',
      version: null,
      includeFeatures: true,
      outputs: null,
      cache: null,
      providers: [],
      batch: { rows: 1, deadlineMs: 1 },
    },
    vector,
    stages,
    outcome: null,
    monitor: MONITOR,
  };
}

function eventPlan(type: string, index: number): EventPlan {
  return { type, index, id: 'id', time: 'at', types: new Map(), schema: {}, violation: () => null };
}

/** The stages in order of first use, the assembler among them; adds their features to the vector. */
function stagesOf(features: readonly SmallFeature[], vector: FeaturePlan[]): readonly StagePlan[] {
  const keys = [...new Set([...features.map(({ by }) => by.join('-')), 'user'])];
  return keys.map((key, stage) => {
    const own = features
      .filter(({ by }) => by.join('-') === key)
      .map((feature, slot) => windowFeature(feature, stage, slot, vector.length + slot));
    vector.push(...own);
    const longestMs = Math.max(0, ...own.map(({ overMs }) => overMs));
    return {
      index: stage,
      by: key.split('-'),
      topic: `small.by.${key}`,
      features: own,
      longestMs,
      assembler: key === 'user',
    };
  });
}

function windowFeature(feature: SmallFeature, stage: number, slot: number, index: number): WindowFeature {
  const { from, over: overMs, take, of, where, default: instead = Number.NaN, resolution = null } = feature;
  const expressions = { of: of === undefined ? null : field(of), where: where === undefined ? null : field(where) };
  return {
    kind: 'window',
    name: `f${index}`,
    index,
    stage,
    slot,
    from,
    overMs,
    take,
    ...expressions,
    default: instead,
    resolutionMs: resolution,
  };
}

const NAMES: TopicNames = {
  events: 'small.events',
  predictions: 'small.predictions',
  outcomes: 'small.outcomes',
  examples: 'small.examples',
  alerts: 'small.alerts',
  control: 'small.control',
  decisions: 'small.decisions',
  dlq: 'small.dlq',
  ledger: 'small.ledger',
  features: 'small.features',
  scored: 'small.scored',
  counts: 'small.counts',
  joinOutcomes: 'small.join',
};

const MONITOR: Plan['monitor'] = {
  window: { everyMs: 1, rows: null, starts: null, zone: 'UTC', minRows: 1, atMostMs: 1 },
  warmUpMs: 0,
  floor: 0.1,
  floors: new Map(),
  runLength: 1000,
  persistence: 2,
  remindMs: 1,
  joinMemoryBytes: 1,
  block: null,
  seasonal: false,
  slices: [],
  skew: 0,
  sinks: [],
};
