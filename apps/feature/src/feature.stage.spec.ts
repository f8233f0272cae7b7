import { AppError } from '@millrace/core';
import { createProjector, type KnownEvent, type Projection } from '@millrace/features';
import { smallPlan } from '@millrace/features/testing';
import {
  decodeCountsRecord,
  ANSWERED_ELSEWHERE,
  decodeFeaturesRecord,
  encodeStageRecord,
  LETTER_PLACES,
  type FeaturesRecord,
  type InboundRecord,
  type OutboundRecord,
  type StageRecord,
} from '@millrace/records';
import { joinOutputs, type StageOutput } from '@millrace/stream';
import { describe, expect, it } from 'vitest';

import { FeatureStage } from './feature.stage.ts';

const PLAN = smallPlan({
  features: [
    { from: 'sale', by: ['place'], over: 100, take: 'sum', of: 'amount' },
    { from: 'sale', by: ['user'], over: 100, take: 'count' },
    { from: 'ask', by: ['place'], over: 100, take: 'count' },
  ],
});
const [PLACE, USER] = PLAN.stages.map(({ topic }) => topic) as [string, string];
const projector = createProjector(PLAN);

/** Dead letters that are counted for the monitor: start of the window, and how many of this stage. */
function lettersOf({ records }: Pick<StageOutput, 'records'>): readonly (readonly [start: number, letters: number])[] {
  return records
    .filter(({ topic }) => topic.endsWith('.counts'))
    .map(({ value }) => decodeCountsRecord(value as Buffer))
    .flatMap((counted) =>
      counted.kind === 'delta' ? [[counted.start, counted.counts[1]?.[LETTER_PLACES.stages + 1] ?? 0] as const] : [],
    );
}

/** The stage with its topics: what it writes to them comes back. */
class Loop {
  readonly stage = new FeatureStage(PLAN);
  readonly #ends = new Map<string, number>();

  constructor() {
    for (const topic of [PLACE, USER]) this.stage.open([{ topic, partition: 0 }]);
  }

  inbound(topic: string, key: string | null, value: Buffer): InboundRecord {
    const offset = this.#ends.get(topic) ?? 0;
    this.#ends.set(topic, offset + 1);
    return {
      topic,
      partition: 0,
      offset,
      timestamp: 0,
      key: key === null ? null : Buffer.from(key),
      value,
      headers: [],
    };
  }

  /** What comes out at the end of an event's way. */
  send(event: Pick<KnownEvent, 'type' | 'id' | 'at' | 'payload'>, offset = 0, attempts = 0, input = 3): StageOutput {
    const origin = { partition: input, offset };
    const projections = projector.project({ ...event, origin, promise: null, attempts });
    return this.run(projections.map((projection) => this.ofProjection(projection)));
  }

  ofProjection({ topic, key, record }: Projection): InboundRecord {
    return this.inbound(topic, key, encodeStageRecord(record));
  }

  run(records: readonly InboundRecord[]): StageOutput {
    const { records: out, deadLetters, eventTimes = [] } = this.stage.process(records);
    const own = out.filter(({ topic }) => topic === PLACE || topic === USER);
    if (own.length === 0) return { records: out, deadLetters, eventTimes };
    return joinOutputs([{ records: [], deadLetters, eventTimes }, this.run(own.map((record) => this.back(record)))]);
  }

  back({ topic, key, value }: OutboundRecord): InboundRecord {
    return this.inbound(topic, key as string | null, value as Buffer);
  }
}

const sale = (at: number, amount: number, more = {}) => ({
  type: 'sale',
  id: `s${at}`,
  at,
  payload: { place: 'x', user: 'ann', amount, ...more },
});
const ask = (at: number, more = {}) => ({
  type: 'ask',
  id: `r${at}`,
  at,
  payload: { place: 'x', user: 'ann', n: 5, ...more },
});
const rowOf = ({ records }: StageOutput): FeaturesRecord => decodeFeaturesRecord(records[0]!.value as Buffer);

describe('FeatureStage', () => {
  it('reads one topic per keyed stage, each a group of its own', () => {
    expect(new FeatureStage(PLAN).inputs).toEqual([[PLACE], [USER]]);
  });

  it('makes one vector of a request, with the parts of all stages in the order of the model', () => {
    const loop = new Loop();
    loop.send(sale(10, 2));
    loop.send(sale(20, 3));
    loop.send(ask(25));
    const row = rowOf(loop.send(ask(30), 9, 2));
    const origin = { partition: 3, offset: 9 };
    expect(row).toMatchObject({ id: 'r30', at: 30, key: 'ann', origin, attempts: 2, late: false });
    expect(row.kind === 'vector' && [...row.vector]).toEqual([5, 5, 1, 2]);
  });

  it('does not ask a stage whose key has a null: its part is that of empty windows', () => {
    const loop = new Loop();
    loop.send(sale(10, 2));
    const row = rowOf(loop.send(ask(30, { place: null })));
    expect(row.kind === 'vector' && [...row.vector]).toEqual([5, Number.NaN, 0, 1]);
  });

  it('leaves an event with a null in its key out of the windows by that key alone', () => {
    const loop = new Loop();
    loop.send(sale(10, 2));
    loop.send(sale(11, 4, { place: null }));
    loop.send(sale(12, 8, { user: null }));
    const row = rowOf(loop.send(ask(30)));
    expect(row.kind === 'vector' && [...row.vector]).toEqual([5, 10, 0, 2]);
    const nowhere = rowOf(loop.send(ask(31, { place: null })));
    expect(nowhere.kind === 'vector' && [...nowhere.vector]).toEqual([5, Number.NaN, 0, 2]);
  });

  it('uses a resend once, whatever input partition it comes from and whatever else it says', () => {
    const loop = new Loop();
    for (const [input, amount] of [3, 3, 4].entries()) loop.send(sale(10, amount), 0, 0, input);
    const row = rowOf(loop.send(ask(30), 1));
    expect(row.kind === 'vector' && [...row.vector]).toEqual([5, 3, 0, 1]);
    for (const [input, more] of [{}, { n: 6 }, { place: 'y' }].entries())
      expect(loop.send(ask(30, more), 2, 0, input)).toEqual({ records: [], deadLetters: [], eventTimes: [] });
    const later = { ...ask(31), id: 'r30' };
    expect(loop.send(later, 3).records).toEqual([]);
  });

  it('answers a request without a key once, whatever input partition it comes from', () => {
    const loop = new Loop();
    const lost = ask(30, { user: null });
    expect(rowOf(loop.send(lost, 1))).toMatchObject({ id: 'r30', key: null });
    expect(loop.send(lost, 1, 0, 5)).toEqual({ records: [], deadLetters: [], eventTimes: [] });
    expect(rowOf(loop.send(ask(31, { user: null }), 2))).toMatchObject({ id: 'r31', key: null });
  });

  it('makes an error part of a request that a stage fails on, and one dead letter of it at the assembler', () => {
    const loop = new Loop();
    const [, toPlace, toUser] = projector
      .project({ ...ask(30), origin: { partition: 3, offset: 7 }, promise: null, attempts: 2 })
      .map((projection) => loop.ofProjection(projection));
    loop.run([toUser!]);
    const { records, deadLetters } = loop.stage.poison(toPlace!, new AppError('MODEL_FAILED', 'so it is'));
    expect(deadLetters).toEqual([]);
    expect(records).toMatchObject([{ topic: USER, partition: 0, key: 'ann' }]);
    const answered = loop.run([loop.back(records[0]!)]);
    expect(lettersOf(answered)).toEqual([[30, 1]]);
    expect(answered.deadLetters).toEqual([
      {
        stage: 'feature',
        code: 'MODEL_FAILED',
        reason: 'so it is',
        topic: 'small.events',
        partition: 3,
        offset: 7,
        attempts: 2,
        type: 'ask',
        key: Buffer.from('ann'),
        value: null,
        eventId: 'r30',
        at: 30,
      },
    ]);
  });

  it('makes a dead letter that names the event of anything else that fails, and of a request at the assembler', () => {
    const loop = new Loop();
    const origin = { partition: 3, offset: 8 };
    const failing: readonly StageRecord[] = [
      { kind: 'event', type: 1, id: 's', at: 1, values: [1], origin, attempts: 3 },
      {
        kind: 'request',
        id: 'r',
        at: 1,
        predictKey: 'ann',
        origin,
        promise: null,
        attempts: 3,
        assembly: { asked: [], values: new Float64Array(4) },
      },
    ];
    for (const [i, record] of failing.entries()) {
      const given = loop.stage.poison(loop.inbound(USER, 'ann', encodeStageRecord(record)), new Error('why'));
      expect(lettersOf(given)).toEqual([[1, 1]]);
      expect(given.deadLetters).toMatchObject([
        {
          code: 'FEATURE_FAILED',
          reason: 'why',
          topic: 'small.events',
          partition: 3,
          offset: 8,
          attempts: 3,
          type: ['sale', 'ask'][i],
        },
      ]);
    }
  });

  it('makes no dead letter of what another feature set answers for', () => {
    const loop = new Loop();
    const origin = { partition: 3, offset: 8 };
    const failing: readonly StageRecord[] = [
      { kind: 'event', type: 1, id: 's', at: 1, values: [1], origin, attempts: 0 },
      { kind: 'seen', id: 'r', origin, attempts: 0 },
    ];
    for (const record of failing) {
      const inbound = { ...loop.inbound(USER, 'ann', encodeStageRecord(record)), headers: [ANSWERED_ELSEWHERE] };
      expect(loop.stage.poison(inbound, new Error('why'))).toEqual({ records: [], deadLetters: [] });
    }
  });

  it('refuses bytes that are no record, and its dead letter names them where they are', () => {
    const loop = new Loop();
    const broken = loop.inbound(PLACE, 'x', Buffer.of(250, 1));
    expect(() => loop.stage.process([broken])).toThrow();
    expect(loop.stage.poison(broken, new Error('why')).deadLetters).toMatchObject([
      { topic: PLACE, partition: 0, offset: 0 },
    ]);
  });

  it('tells the time of each request that it answers, once', () => {
    const loop = new Loop();
    expect(loop.send(sale(10, 2)).eventTimes).toEqual([]);
    expect(loop.send(ask(30)).eventTimes).toEqual([30]);
    expect(loop.send(ask(30), 1).eventTimes).toEqual([]);
  });

  it('goes on counting from what partitions had counted that it gave back', () => {
    const loop = new Loop();
    for (const offset of [0, 1]) loop.send(ask(30), offset);
    expect(loop.stage.tallies().duplicates).toBe(1);
    loop.stage.close([{ topic: USER, partition: 0 }]);
    loop.stage.open([{ topic: USER, partition: 0 }]);
    for (const offset of [2, 3, 4]) loop.send(ask(31), offset);
    expect(loop.stage.tallies().duplicates).toBe(3);
  });

  it('keeps no state of a partition that it gave back', () => {
    const loop = new Loop();
    loop.send(sale(10, 2));
    loop.stage.close([{ topic: USER, partition: 0 }]);
    loop.stage.open([{ topic: USER, partition: 0 }]);
    const row = rowOf(loop.send(ask(30)));
    expect(row.kind === 'vector' && row.vector[2]).toBe(0);
  });
});
