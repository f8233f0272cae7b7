import { shortestFloat32, type Clock } from '@millrace/core';
import { loadModel, openRegistry, type LoadedModel } from '@millrace/inference';
import type { Plan } from '@millrace/pipeline';
import { decodeFeaturesRecord, type InboundRecord, type PredictionValue } from '@millrace/records';
import { readTopic, type Log } from '@millrace/stream';

import { numberedVector } from './vector-feed.ts';

/** What became of the rows of a `VectorFeed` while the champion was switched. */
export interface SwitchAudit {
  readonly rows: number;
  readonly predictions: number;
  readonly lost: number;
  readonly doubled: number;
  /** Predictions that come before one whose row lies before theirs, in a partition. */
  readonly misordered: number;
  /** Predictions that name another version than the one in force where their row lies. */
  readonly otherVersion: number;
  /** Predictions whose output is not that of the version they name: its batch was another version's, or of two. */
  readonly otherOutput: number;
  /** By version. */
  readonly answered: Readonly<Record<string, number>>;
  /** Switches, by partition. */
  readonly switches: readonly (readonly string[])[];
  /** Of each row: when it came, and how long its prediction took, by the broker's clock. */
  readonly waits: readonly { readonly atMs: number; readonly ms: number }[];
  /** When each alias record came. */
  readonly switchedAtMs: readonly number[];
}

interface Place {
  readonly version: string;
  readonly atMs: number;
}

/** Reads both ends of the scorers. @param first the version before any switch */
export async function auditSwitches(plan: Plan, log: Log, clock: Clock, first: string): Promise<SwitchAudit> {
  const inputs = await byPartition(log, plan, plan.names.features);
  const outputs = await byPartition(log, plan, plan.names.predictions);
  const places = new Map<string, Place>();
  const switches = inputs.map((records) => placeRows(records, first, places));
  const found = outputs.flat().map(({ value, timestamp }) => ({ ...read(value), timestamp }));
  const known = new Set(found.map(({ id }) => id));
  return {
    rows: places.size,
    predictions: found.length,
    lost: [...places.keys()].filter((id) => !known.has(id)).length,
    doubled: found.length - known.size,
    misordered: outputs.map((records) => records.map(({ value }) => Number(read(value).id))).flatMap(outOfOrder).length,
    otherVersion: found.filter(({ id, version }) => places.get(id)?.version !== version).length,
    otherOutput: await wrongOutputs(plan, clock, found),
    answered: Object.fromEntries([...Map.groupBy(found, ({ version }) => version)].map(([v, all]) => [v, all.length])),
    switches: switches.map((ofPartition) => ofPartition.map(({ version }) => version)),
    waits: found.map(({ id, timestamp }) => {
      const { atMs } = places.get(id) as Place;
      return { atMs, ms: timestamp - atMs };
    }),
    switchedAtMs: switches.flatMap((ofPartition) => ofPartition.map(({ atMs }) => atMs)),
  };
}

/** Which version is in force where each row lies. @returns the partition's switches */
function placeRows(records: readonly InboundRecord[], first: string, places: Map<string, Place>): readonly Place[] {
  const switches: Place[] = [];
  let [version, latest] = [first, -1];
  for (const { value, timestamp: atMs } of records) {
    const record = decodeFeaturesRecord(value ?? Buffer.alloc(0));
    if (record.kind === 'vector') places.set(record.id, { version, atMs });
    if (record.kind !== 'alias' || record.number <= latest) continue;
    [version, latest] = [record.version, record.number];
    switches.push({ version, atMs });
  }
  return switches;
}

async function wrongOutputs(plan: Plan, clock: Clock, found: readonly PredictionValue[]): Promise<number> {
  let wrong = 0;
  for (const [version, ofVersion] of Map.groupBy(found, (prediction) => prediction.version)) {
    const files = await openRegistry(plan.models).resolve(plan.predict.model, version);
    const model = await loadModel({ files, vector: plan.vector.map(({ name }) => name), clock, ...plan.predict });
    const expected = await scoreAll(plan, model, ofVersion);
    wrong += ofVersion.filter(({ outputs }, i) => Object.values(outputs)[0] !== expected[i]).length;
    await model.close();
  }
  return wrong;
}

async function scoreAll(plan: Plan, model: LoadedModel, found: readonly PredictionValue[]): Promise<readonly number[]> {
  const outcomes = await model.score(found.map(({ id }) => numberedVector(plan, Number(id))));
  return outcomes.map((outcome) => (outcome.ok ? shortestFloat32(outcome.value[0] as number) : Number.NaN));
}

async function byPartition(log: Log, plan: Plan, topic: string): Promise<readonly (readonly InboundRecord[])[]> {
  const found = Array.from({ length: plan.topics.partitions }, () => [] as InboundRecord[]);
  const { signal } = new AbortController();
  for await (const record of readTopic(log, { topic, from: 'beginning', until: 'end', signal }))
    found[record.partition]?.push(record);
  return found;
}

function outOfOrder(ids: readonly number[]): readonly number[] {
  return ids.filter((id, i) => i > 0 && id < (ids[i - 1] as number));
}

function read(value: Buffer | null): PredictionValue {
  return JSON.parse(String(value)) as PredictionValue;
}
