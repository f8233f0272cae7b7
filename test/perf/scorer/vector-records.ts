import type { Plan } from '@millrace/pipeline';
import { encodeFeaturesRecord, type InboundRecord, type OutboundRecord } from '@millrace/records';

const AT_MS = Date.UTC(2026, 0, 5);
const USERS = 1000;
/** Rows repeat after so many. */
const DISTINCT = 8192;

/** Row `n` of the benchmark: the same in every run, about normal. */
export function vectorOf(width: number, n: number): Float32Array {
  let state = (n % DISTINCT) + 1;
  return Float32Array.from({ length: width }, () => {
    // the minimal standard generator (Park and Miller, 1988)
    state = (state * 48_271) % 2_147_483_647;
    return (state / 2_147_483_647 - 0.5) * 3.4;
  });
}

/** Row `n` as the assembler writes it. */
export function vectorRecord({ names, topics, vector }: Plan, n: number): OutboundRecord {
  const partition = n % topics.partitions;
  const key = `user-${n % USERS}`;
  const origin = { partition, offset: n };
  const row = { id: String(n), at: AT_MS + n, key, origin, attempts: 0, late: false } as const;
  const value = encodeFeaturesRecord({ kind: 'vector', ...row, vector: vectorOf(vector.length, n) });
  return { topic: names.features, partition, key, value };
}

/** Which row a prediction is of. */
export function rowOfPrediction({ value }: InboundRecord): number {
  return Number((JSON.parse(String(value)) as { readonly id: string }).id);
}
