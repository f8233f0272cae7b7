import { buildProfile, type ReferenceProfile } from '@millrace/drift';
import type { Plan } from '@millrace/pipeline';
import {
  encodeOutcomesRecord,
  encodeScoredRecord,
  type OutboundRecord,
  type OutcomesRecord,
  type ScoredRecord,
} from '@millrace/records';

/** A number in [0, 1) that looks random and never changes. */
export function scatter(i: number): number {
  return ((i * 7919 + 13) % 10007) / 10007;
}

/** Whether row i is a positive, where positives come as often as its score says. */
export function scatteredLabel(i: number, score: number): number {
  return Number(((i * 4547 + 11) % 9973) / 9973 < score);
}

/** The profile of 2,000 rows, one each `everyMs`, with x and the score even in [0, 1), and c half a, half b; labels as often as the scores say. */
export function benchProfile(plan: Plan, { labelled = false, everyMs = 1 } = {}): ReferenceProfile {
  const rows = Array.from({ length: 2000 }, (_, i) => ({
    at: i * everyMs,
    label: labelled ? scatteredLabel(i, scatter(i + 500)) : null,
    vector: Float32Array.of(scatter(i), i % 2),
    outputs: [scatter(i + 500)],
  }));
  const features = plan.vector.map(({ name, ...feature }) => ({
    name,
    categories: 'categories' in feature ? feature.categories : null,
  }));
  const { window, seasonal } = plan.monitor;
  return buildProfile({ model: 'm', version: '1', features, outputs: ['p'], window, seasonal }, rows);
}

export interface RowOptions {
  readonly at: number;
  readonly x?: number;
  readonly c?: number;
  readonly p?: number;
  readonly version?: string;
  readonly attempts?: number;
  readonly key?: string;
  readonly block?: number;
  readonly lost?: Float64Array;
}

/** Records of the two topics that the join reads. */
export class BenchTraffic {
  readonly #plan: Plan;
  #next = 0;

  constructor(plan: Plan) {
    this.#plan = plan;
  }

  row(
    id: string,
    partition: number,
    { at, x = 0.5, c = 0, p = 0.5, version = '1', attempts = 0, key = `key of ${id}`, ...row }: RowOptions,
  ): OutboundRecord {
    const origin = { partition, offset: this.#next++ };
    const vector = Float32Array.of(x, c);
    return this.#scored(partition, {
      kind: 'scored',
      id,
      at,
      key,
      origin,
      attempts,
      version,
      variant: 'champion',
      vector,
      outputs: Float64Array.of(p),
      scoredAt: 0,
      ...row,
    });
  }

  progress(partition: number, at: number, first = 0): OutboundRecord {
    return this.#scored(partition, { kind: 'progress', source: partition, at, first });
  }

  outcome(id: string, partition: number, at: number, label = 1): OutboundRecord {
    return this.#outcomes(partition, {
      kind: 'outcome',
      id,
      key: `key of ${id}`,
      at,
      label,
      origin: { partition, offset: this.#next++ },
      attempts: 0,
    });
  }

  clock(partition: number, input: number, at: number, first = 0): OutboundRecord {
    return this.#outcomes(partition, { kind: 'clock', input, at, first, promise: null });
  }

  #scored(partition: number, record: ScoredRecord): OutboundRecord {
    return { topic: this.#plan.names.scored, partition, key: null, value: encodeScoredRecord(record) };
  }

  #outcomes(partition: number, record: OutcomesRecord): OutboundRecord {
    return { topic: this.#plan.names.joinOutcomes, partition, key: null, value: encodeOutcomesRecord(record) };
  }
}
