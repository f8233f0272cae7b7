import type { Plan } from '@millrace/pipeline';
import {
  isAnsweredElsewhere,
  NOTHING_FOLLOWS,
  PLAN_NOTE,
  type OutboundRecord,
  type PlanOffer,
} from '@millrace/records';
import type { InputPartition, StageOutput } from '@millrace/stream';
import { beforeEach, describe, expect, it } from 'vitest';

import { clocksIn, isTo, OpenStage, stageRecords, TOPIC } from '../testing/open-stage.ts';
import { asked, ended, NEW_YEAR, rideRecord, ridesPlan, watermark, type RideRecord } from '../testing/rides.ts';

const LIMITS = { records: 100, bytes: 1 << 20 };
const MINUTE = 60_000;
const [BEFORE, AFTER] = [await ridesPlan(), await ridesPlan('fare >= 20.0', '2h')];
const END = { type: 'millrace.watermark', promise: 'p1', idle: true };
/** Of the set before: one instance for each of two input partitions. */
let [left, right] = [] as unknown as [OpenStage, OpenStage];

const note = (at: OpenStage, key: string, value: object): void =>
  at.notes.apply(key, Buffer.from(JSON.stringify(value)));

const kinds = (records: readonly OutboundRecord[]): readonly string[] =>
  stageRecords(records)
    .map(({ kind }) => kind)
    .filter((kind) => kind !== 'clock');

/** Of each event and request: whether another set is to answer for it. */
const elsewhere = (records: readonly OutboundRecord[]): readonly boolean[] =>
  records.filter((record) => kinds([record]).length > 0).map(({ headers }) => isAnsweredElsewhere(headers ?? []));

const isOver = (records: readonly OutboundRecord[]): boolean =>
  clocksIn(records).some(({ at }) => at === NOTHING_FOLLOWS);

function talk(...stages: readonly OpenStage[]): void {
  for (const stage of stages) for (const other of stages) stage.hear(other);
}

beforeEach(async () => {
  [left, right] = [await OpenStage.with([0], BEFORE), await OpenStage.with([1], BEFORE)];
  for (const stage of [left, right]) {
    stage.notes.inputPartitions = 2;
    note(stage, PLAN_NOTE.running, { feature_set: BEFORE.featureSet });
  }
});

function offer(): void {
  const made: PlanOffer = { to: AFTER.featureSet, key: 'rider', outcome: true, partitions: 2 };
  for (const stage of [left, right]) note(stage, PLAN_NOTE.offer(BEFORE.featureSet), made);
}

describe('the set that gives over', () => {
  it('sends events alone from there on, and refuses nothing', () => {
    offer();
    const before = left.process({ value: ended(NEW_YEAR) });
    expect([kinds(before.records), elsewhere(before.records)]).toEqual([
      ['event', 'event'],
      [false, false],
    ]);
    left.wakeAll();
    const after = left.process(
      { value: asked(NEW_YEAR + 1) },
      { value: ended(NEW_YEAR + 2) },
      { value: { type: 'nonsense' } },
    );
    expect([kinds(after.records), elsewhere(after.records)]).toEqual([
      ['event', 'event'],
      [true, true],
    ]);
    expect(after.records.filter(isTo('rides.outcomes'))).toEqual([]);
    expect(after.deadLetters).toEqual([]);
  });

  it('notes where it stands, and ends when all partitions are given over', () => {
    left.process({ value: asked(NEW_YEAR) }, { value: asked(NEW_YEAR + 1) });
    offer();
    expect(isOver(left.wakeAll())).toBe(false);
    talk(left, right);
    expect(left.notes.givenOver(BEFORE.featureSet, 0)).toMatchObject({ to: AFTER.featureSet, offset: 2 });
    expect(isOver(left.wakeAll())).toBe(false);
    right.wakeAll();
    talk(left, right);
    expect([isOver(left.wakeAll()), isOver(right.wakeAll())]).toEqual([true, true]);
    expect(left.wakeAll()).toEqual([]);
    expect(left.stage.take([waiting(0, 0, [asked(NEW_YEAR + 2)])], LIMITS)).toEqual([]);
  });

  it('moves no clock of its outcomes any more: what waits for them is handed on, not given up', () => {
    offer();
    left.wakeAll();
    const { records } = left.process({ value: watermark(NEW_YEAR) });
    expect(stageRecords(records).map(({ kind }) => kind)).toContain('clock');
    expect(clocksIn(records)).toEqual([]);
  });

  it('goes on with events while requests under a promise wait for them', () => {
    left.process({ value: watermark(NEW_YEAR) }, { value: asked(NEW_YEAR + MINUTE) });
    right.process({ value: watermark(NEW_YEAR), partition: 1 });
    offer();
    left.wakeAll();
    right.wakeAll();
    talk(left, right);
    expect([isOver(left.wakeAll()), isOver(right.wakeAll())]).toEqual([false, false]);
    // the latest request's time may be as much as max_ahead past what the clock tells
    right.process({ value: watermark(NEW_YEAR + MINUTE + BEFORE.limits.maxAheadMs), partition: 1 });
    expect(isOver(right.wakeAll())).toBe(true);
    expect(isOver(left.wakeAll())).toBe(false);
    left.process({ value: END });
    expect(isOver(left.wakeAll())).toBe(true);
  });

  it('goes on giving over after a restart', async () => {
    left.process({ value: ended(NEW_YEAR) });
    offer();
    left.wakeAll();
    const again = await OpenStage.with([], BEFORE);
    again.open(0, left.marker(0), 1);
    expect(kinds(again.process({ value: asked(NEW_YEAR + 1) }).records)).toEqual([]);
  });
});

describe('the set that takes over', () => {
  let next: OpenStage;
  /** What the set before has taken: the new one reads it again. */
  let history: readonly RideRecord[];

  beforeEach(async () => {
    history = [ended(NEW_YEAR), asked(NEW_YEAR + 1), { type: 'nonsense' }].map((value, offset) => ({ value, offset }));
    left.process(...history);
    right.process({ value: ended(NEW_YEAR + 5 * MINUTE), partition: 1 });
    offer();
    left.wakeAll();
    right.wakeAll();
    talk(left, right);
    next = await starting(AFTER);
  });

  async function starting(plan: Plan): Promise<OpenStage> {
    const stage = await OpenStage.with([], plan);
    stage.notes.inputPartitions = 2;
    note(stage, PLAN_NOTE.running, { feature_set: BEFORE.featureSet });
    note(stage, PLAN_NOTE.offer(BEFORE.featureSet), {
      to: AFTER.featureSet,
      key: 'rider',
      outcome: true,
      partitions: 2,
    });
    stage.hear(left);
    stage.hear(right);
    for (const partition of [0, 1]) stage.open(partition);
    return stage;
  }

  const refill = (): StageOutput => next.process(...history);

  function drained(partition: number): void {
    note(next, PLAN_NOTE.drained(BEFORE.featureSet, partition), { to: AFTER.featureSet });
  }

  it('reads up to the place and no further, while nobody waits', () => {
    const values = [...history.map(({ value }) => value), asked(NEW_YEAR + 3)];
    const offsets = next.stage.take([waiting(0, 0, values)], LIMITS).map(({ offset }) => offset);
    expect(offsets.toSorted((a, b) => a - b)).toEqual([0, 1, 2]);
  });

  it('fills its windows, knows what was answered, and says nothing else', () => {
    const { records, deadLetters } = refill();
    expect(kinds(records)).toEqual(['event', 'event', 'seen']);
    expect(elsewhere(records)).toEqual([true, true, true]);
    expect(records.filter(isTo('outcomes')).filter(({ key }) => key !== null)).toEqual([]);
    expect(deadLetters).toEqual([]);
  });

  it('remembers no id that is older than dedupe.within', () => {
    const oldest = NEW_YEAR - AFTER.dedupe.withinMs;
    const seen = (at: number): readonly string[] =>
      kinds(next.process({ value: asked(at), offset: 0, timestamp: at }).records);
    expect([seen(oldest - 1), seen(oldest)]).toEqual([[], ['seen']]);
  });

  it('answers when all partitions are filled and the set before is drained, with its clocks', () => {
    refill();
    next.wakeAll();
    next.hear(next);
    expect(next.stage.take([waiting(0, 3, [asked(NEW_YEAR + 3)])], LIMITS)).toEqual([]);
    drained(0);
    drained(1);
    next.wakeAll();
    expect(next.stage.take([waiting(0, 3, [asked(NEW_YEAR + 3)])], LIMITS)).toEqual([]);
    next.process({ value: ended(NEW_YEAR + 5 * MINUTE), partition: 1, offset: 0 });
    next.wakeAll();
    next.hear(next);
    next.wakeAll();
    expect(next.wakeFor(11, null).map(({ input, at }) => [input, at])).toEqual([
      [0, NEW_YEAR - BEFORE.limits.latenessMs],
      [1, NEW_YEAR - BEFORE.limits.latenessMs],
    ]);
    expect(next.stage.take([waiting(0, 3, [asked(NEW_YEAR + 3)])], LIMITS)).toHaveLength(1);
    expect(kinds(next.process({ value: asked(NEW_YEAR + 3), offset: 3 }).records)).toEqual(['request', 'request']);
    next.hear(next);
    expect(next.notes.running).toBe(AFTER.featureSet);
  });

  it.each([1, 4])(
    'answers when the set before is done in all its own partitions, with %d itself',
    async (partitions) => {
      next = await starting({ ...AFTER, topics: { ...AFTER.topics, partitions } });
      refill();
      next.process({ value: ended(NEW_YEAR + 5 * MINUTE), partition: 1, offset: 0 });
      next.wakeAll();
      next.hear(next);
      const taken = (): number => next.stage.take([waiting(0, 3, [asked(NEW_YEAR + 3)])], LIMITS).length;
      drained(0);
      next.wakeAll();
      expect(taken()).toBe(0);
      drained(1);
      next.wakeAll();
      expect(taken()).toBe(1);
    },
  );

  it('goes on under the promise that the set before stood under', async () => {
    const promised = await OpenStage.with([], BEFORE);
    promised.notes.inputPartitions = 1;
    promised.open(0);
    promised.process({ value: watermark(NEW_YEAR, { partitions: [0] }) });
    note(promised, PLAN_NOTE.offer(BEFORE.featureSet), {
      to: AFTER.featureSet,
      key: 'rider',
      outcome: true,
      partitions: 2,
    });
    promised.wakeAll();
    next = await OpenStage.with([], AFTER);
    next.notes.inputPartitions = 1;
    note(next, PLAN_NOTE.offer(BEFORE.featureSet), {
      to: AFTER.featureSet,
      key: 'rider',
      outcome: true,
      partitions: 2,
    });
    next.hear(promised);
    next.open(0, undefined, 1);
    next.wakeAll();
    next.hear(next);
    drained(0);
    next.wakeAll();
    expect(next.stage.take([waiting(0, 1, [asked(NEW_YEAR + 1)])], LIMITS)).toEqual([]);
    drained(1);
    next.wakeAll();
    const [request] = stageRecords(next.process({ value: asked(NEW_YEAR + 1), offset: 1 }).records);
    expect(request).toMatchObject({ kind: 'request', promise: 'p1' });
  });

  it('tells other instances which promises were met, also where it was restarted before it answered', async () => {
    const promised = await OpenStage.with([], BEFORE);
    promised.notes.inputPartitions = 1;
    promised.open(0);
    const met = [watermark(NEW_YEAR, { partitions: [0] }), END].map((value, offset) => ({ value, offset }));
    promised.process(...met);
    note(promised, PLAN_NOTE.offer(BEFORE.featureSet), {
      to: AFTER.featureSet,
      key: 'rider',
      outcome: true,
      partitions: 2,
    });
    promised.wakeAll();
    const [early, late] = [await OpenStage.with([], AFTER), await OpenStage.with([], AFTER)];
    for (const stage of [early, late]) {
      stage.notes.inputPartitions = 1;
      note(stage, PLAN_NOTE.offer(BEFORE.featureSet), {
        to: AFTER.featureSet,
        key: 'rider',
        outcome: true,
        partitions: 2,
      });
      for (const partition of [0, 1]) note(stage, PLAN_NOTE.drained(BEFORE.featureSet, partition), {});
      stage.hear(promised);
    }
    early.open(0);
    early.process(...met);
    early.wakeAll();
    late.open(0, early.marker(0), 2);
    late.hear(early);
    late.wakeAll();
    early.hear(late);
    expect(early.progress.reached(0, 'p1')).toBe(Infinity);
  });

  it('goes on refilling after a restart', async () => {
    refill();
    const marker = next.marker(0);
    const again = await OpenStage.with([], AFTER);
    again.open(0, marker, 3);
    expect(kinds(again.process({ value: asked(NEW_YEAR + 3) }).records)).not.toContain('request');
  });
});

function waiting(partition: number, position: number, values: readonly unknown[]): InputPartition {
  const queued = values.map((value, i) => rideRecord({ value, partition, offset: position + i }));
  return { topic: TOPIC, partition, queued, position, lastStable: 99, idleSinceMs: null };
}
