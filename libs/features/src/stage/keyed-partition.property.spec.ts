import type { Plan } from '@millrace/pipeline';
import { decodeFeaturesRecord, type ClockRecord, type InboundRecord, type StageRequest } from '@millrace/records';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { smallPlan } from '../testing/small-plan.ts';
import { TopicScript } from '../testing/topic-script.ts';
import type { Emission } from './emission.ts';
import { KeyedPartition } from './keyed-partition.ts';

const PLAN = smallPlan({
  features: [
    { from: 'sale', by: ['place'], over: 60, take: 'sum', of: 'amount' },
    { from: 'sale', by: ['place'], over: 20, take: 'last', of: 'amount' },
    { from: 'sale', by: ['user'], over: 40, take: 'mean', of: 'amount' },
  ],
  retainLateMs: 15,
  dedupe: { withinMs: 120, memoryBytes: 300 },
});
const [PLACE, USER] = [0, 1];

const time = fc.integer({ min: 0, max: 200 });
const key = fc.constantFrom('a', 'b');
const input = fc.integer({ min: 0, max: 1 });
/** What happens to a topic; a later step needs no earlier one to make sense. */
const step = fc.oneof(
  fc.record({
    do: fc.constant('event' as const),
    at: time,
    key,
    id: fc.constantFrom('x', 'y', 'z'),
    amount: fc.integer({ min: 0, max: 9 }),
  }),
  fc.record({
    do: fc.constant('request' as const),
    at: time,
    key,
    input,
    id: fc.integer({ min: 0, max: 6 }),
    asks: fc.boolean(),
  }),
  fc.record({ do: fc.constant('clock' as const), input, by: fc.integer({ min: 0, max: 40 }) }),
  fc.record({ do: fc.constant('promise' as const), input }),
  fc.record({
    do: fc.constant('part' as const),
    which: fc.nat({ max: 5 }),
    value: fc.integer({ min: 0, max: 9 }),
    fails: fc.boolean(),
  }),
  fc.record({ do: fc.constant('broken' as const) }),
  fc.record({ do: fc.constant('broker time' as const), by: fc.integer({ min: 0, max: 60 }) }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** Writes a topic as ingest would: a promise id is used once, and requests carry the one that their partition is under. */
class Ingest {
  readonly topic: TopicScript;
  readonly #plan: Plan;
  readonly #stage: number;
  readonly #clocks = [0, 0];
  /** Phase of each input: odd ones are under the promise of that number. */
  readonly #phase = [0, 0];
  readonly #asked: StageRequest[] = [];
  #broker = 0;
  #origin = 0;

  constructor(plan: Plan, stage: number) {
    this.#plan = plan;
    this.#stage = stage;
    this.topic = new TopicScript(plan.stages[stage]!.topic);
  }

  write(step: Step): void {
    if (step.do === 'broker time') this.#broker += step.by;
    else if (step.do === 'promise') this.#nextPhase(step.input);
    else if (step.do === 'broken') this.topic.appendBytes(Buffer.of(99));
    else if (step.do === 'clock') this.#advance(step.input, step.by);
    else if (step.do === 'event') this.#event(step);
    else if (step.do === 'request') this.#request(step);
    else this.#part(step);
  }

  #event({ at, key, id, amount }: Extract<Step, { do: 'event' }>): void {
    const values = this.#stage === PLACE ? [amount, amount % 2 ? amount : null] : [amount];
    this.#append(key, { kind: 'event', type: 1, id, at, values, origin: this.#next(0), attempts: 0 });
  }

  #request({ at, key, input, id, asks }: Extract<Step, { do: 'request' }>): void {
    const promise = this.#promise(input)?.id ?? null;
    const asked = asks ? [PLACE] : [];
    const assembly = this.#stage === USER ? { asked, values: new Float64Array(this.#plan.vector.length) } : null;
    const request: StageRequest = {
      kind: 'request',
      id: `r${id}`,
      at,
      predictKey: key,
      origin: this.#next(input),
      promise,
      attempts: 0,
      assembly,
    };
    if (asks) this.#asked.push(request);
    this.#append(key, request);
  }

  #part({ which, value, fails }: Extract<Step, { do: 'part' }>): void {
    const [request] = this.#asked.splice(which % Math.max(1, this.#asked.length), 1);
    if (this.#stage !== USER || !request) return;
    const error = fails ? { code: 'FEATURE_FAILED', reason: 'so' } : null;
    const values = fails ? null : Float64Array.of(value, value);
    this.#append(request.predictKey, {
      kind: 'part',
      stage: PLACE,
      origin: request.origin,
      attempts: 0,
      values,
      late: false,
      error,
    });
  }

  /** A promise is told as it is opened, before any request under it; its end comes with the next clock. */
  #nextPhase(input: number): void {
    this.#phase[input]!++;
    if (this.#promise(input)) this.#advance(input, 0);
  }

  #advance(input: number, by: number): void {
    this.#clocks[input]! += by;
    this.#append(null, this.#clock(input));
  }

  #clock(input: number): ClockRecord {
    return { kind: 'clock', input, at: this.#clocks[input]!, first: 0, promise: this.#promise(input) };
  }

  #promise(input: number): ClockRecord['promise'] {
    const phase = this.#phase[input]!;
    return phase % 2 === 1 ? { id: `p${phase}`, partitions: [0, 1] } : null;
  }

  #append(key: string | null, record: Parameters<TopicScript['append']>[1]): void {
    this.topic.append(key, record, this.#broker);
  }

  #next(partition: number) {
    return { partition, offset: this.#origin++ };
  }
}

function topicOf(steps: readonly Step[], stage: number): readonly InboundRecord[] {
  const ingest = new Ingest(PLAN, stage);
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
  const out: Emission = { records: [], deadLetters: [] };
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
  state.restore(records.slice(0, index).filter(({ offset }) => offset >= from));
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
