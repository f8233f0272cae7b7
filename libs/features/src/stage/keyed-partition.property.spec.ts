import { decodeFeaturesRecord, type InboundRecord } from '@millrace/records';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { ScriptedIngest, step, type Step } from '../testing/scripted-ingest.ts';
import { smallPlan } from '../testing/small-plan.ts';
import type { Emission } from './emission.ts';
import { KeyedPartition } from './keyed-partition.ts';

const PLAN = smallPlan({
  features: [
    { from: 'sale', by: ['place'], over: 60, take: 'sum', of: 'amount' },
    { from: 'sale', by: ['place'], over: 20, take: 'last', of: 'amount' },
    { from: 'sale', by: ['user'], over: 40, take: 'mean', of: 'amount' },
    { from: 'sale', by: ['place'], over: 110, take: 'sum', of: 'amount', resolution: 30 },
    { from: 'sale', by: ['place'], over: 90, take: 'distinct', of: 'amount', resolution: 40 },
    { from: 'sale', by: ['user'], over: 120, take: 'count', resolution: 30 },
  ],
  retainLateMs: 15,
  dedupe: { withinMs: 120, memoryBytes: 300 },
});
const [PLACE, USER] = [0, 1];

function topicOf(steps: readonly Step[], stage: number): readonly InboundRecord[] {
  const ingest = new ScriptedIngest(PLAN, stage);
  for (const step of steps) ingest.write(step);
  return ingest.topic.records;
}

class Said {
  readonly answers: string[] = [];
  readonly deadLetters: string[] = [];
  /** Not compared: it depends on where batches end. */
  progress = -Infinity;

  get lasting(): Pick<Said, 'answers' | 'deadLetters'> {
    return { answers: this.answers, deadLetters: this.deadLetters };
  }
}

/** Processes as the engine does: a record that fails alone leaves no trace. Progress is apart: it depends on where batches end. */
function process(state: KeyedPartition, records: readonly InboundRecord[], said: Said): void {
  const out: Emission = { records: [], deadLetters: [], eventTimes: [] };
  for (const record of records) {
    const before = state.savepoint();
    try {
      state.process(record, out);
    } catch {
      state.rollback(before);
    }
  }
  state.finish(out);
  for (const { topic, value, key } of out.records) {
    const row = topic === PLAN.names.features ? decodeFeaturesRecord(value as Buffer) : null;
    if (row?.kind !== 'progress') said.answers.push(`${String(key)} ${(value as Buffer).toString('hex')}`);
    else {
      expect(row.at).toBeGreaterThan(said.progress);
      said.progress = row.at;
    }
  }
  for (const letter of out.deadLetters) said.deadLetters.push(JSON.stringify(letter));
}

const fresh = (stage: number): KeyedPartition => new KeyedPartition(PLAN, PLAN.stages[stage]!, 0);

function undisturbed(records: readonly InboundRecord[], stage: number): Said['lasting'] {
  const said = new Said();
  process(fresh(stage), records, said);
  return said.lasting;
}

/** What befalls a batch. */
const fate = fc.record({
  size: fc.integer({ min: 1, max: 9 }),
  how: fc.constantFrom('commits', 'aborts', 'crashes before', 'crashes after'),
});
type Fate = typeof fate extends fc.Arbitrary<infer T> ? T : never;

function disturbed(records: readonly InboundRecord[], stage: number, fates: readonly Fate[]): Said['lasting'] {
  const said = new Said();
  let state = fresh(stage);
  let committed = { index: 0, marker: null as ReturnType<KeyedPartition['marker']> | null };
  for (let turn = 0; committed.index < records.length; turn++) {
    const { size, how } = fates[turn % fates.length]!;
    const batch = records.slice(committed.index, committed.index + size);
    if (turn < 200 && (how === 'aborts' || how === 'crashes before')) {
      process(state, batch, Object.assign(new Said(), { progress: said.progress }));
      if (how === 'aborts') state.rollback(0);
      else state = restored(records, stage, committed);
      if (turn % 2 === 0) continue;
    }
    process(state, batch, said);
    committed = { index: committed.index + batch.length, marker: state.marker() };
    state.settle();
    if (how === 'crashes after') state = restored(records, stage, committed);
  }
  return said.lasting;
}

function restored(
  records: readonly InboundRecord[],
  stage: number,
  { index, marker }: { index: number; marker: ReturnType<KeyedPartition['marker']> | null },
): KeyedPartition {
  const state = fresh(stage);
  state.load(new Map(marker ? [['t/0', marker.body]] : []));
  const from = marker?.keepFrom ?? Infinity;
  const replayed = records.slice(0, index).filter(({ offset }) => offset >= from);
  for (let n = 0; n < replayed.length; n += 5) state.restore(replayed.slice(n, n + 5));
  state.restored();
  return state;
}

describe.each([
  ['a stage that answers', PLACE],
  ['the assembler', USER],
] as const)('the state of %s', (_, stage) => {
  it('is what a replay between marker and committed offset gives, whatever befell the batches', () => {
    fc.assert(
      fc.property(
        fc.array(step, { minLength: 20, maxLength: 120 }),
        fc.array(fate, { minLength: 1, maxLength: 20 }),
        (steps, fates) => {
          const records = topicOf(steps, stage);
          expect(disturbed(records, stage, [...fates, { size: 3, how: 'commits' }])).toEqual(
            undisturbed(records, stage),
          );
        },
      ),
      { numRuns: 600 },
    );
  }, 60_000);
});
