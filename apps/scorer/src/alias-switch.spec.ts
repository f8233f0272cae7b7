import { AppError } from '@millrace/core';
import { ManualClock } from '@millrace/core/testing';
import type { Plan } from '@millrace/pipeline';
import {
  encodeFeaturesRecord,
  type AliasRecord,
  type FeaturesRecord,
  type InboundRecord,
  type PredictionValue,
} from '@millrace/records';
import type { StageOutput, TaskState } from '@millrace/stream';
import { beforeEach, describe, expect, it } from 'vitest';

import { ScorerStage } from './scorer.stage.ts';
import { smallPlan } from './testing/scripted-door.ts';
import { ScriptedVersions } from './testing/scripted-versions.ts';

describe('a switch of the champion', () => {
  let plan: Plan;
  let models: ScriptedVersions;
  let stage: ScorerStage;
  let states: TaskState[];
  let offset: number;

  beforeEach(async () => {
    plan = await smallPlan();
    models = new ScriptedVersions();
    stage = new ScorerStage({ plan, models, clock: new ManualClock() });
    offset = 0;
    states = [];
    for (const partition of [0, 1]) states.push(await open(partition, new Map()));
  });

  async function open(partition: number, bodies: ReadonlyMap<string, Uint8Array>): Promise<TaskState> {
    const state = stage.open([{ topic: plan.names.features, partition }]);
    await state.load(bodies);
    return state;
  }

  const settle = (): void => states.forEach((state) => state.settle());
  const inbound = (record: FeaturesRecord, partition: number): InboundRecord => ({
    topic: plan.names.features,
    partition,
    offset: offset++,
    timestamp: 0,
    key: null,
    value: encodeFeaturesRecord(record),
    headers: [],
  });
  const row = (id: string, partition = 0): InboundRecord => {
    const origin = { partition: 0, offset: 0 };
    const vector = Float32Array.of(1, 2);
    return inbound({ kind: 'vector', id, at: 0, key: null, origin, attempts: 0, late: false, vector }, partition);
  };
  const alias = (version: string, number: number, partition = 0, change: Partial<AliasRecord> = {}): InboundRecord =>
    inbound({ kind: 'alias', model: 'm', alias: 'champion', version, number, ...change }, partition);
  const said = ({ records }: StageOutput): string[] =>
    records
      .filter(({ topic }) => topic === plan.names.predictions)
      .map(({ value }) => JSON.parse(String(value)) as PredictionValue)
      .map(({ id, version, outputs }) => {
        expect(outputs['version']).toBe(Number(version));
        return `${id} by ${version}`;
      });
  const process = async (...records: InboundRecord[]): Promise<string[]> => said(await stage.process(records));
  /** What a restart, or another instance, makes of what was committed. */
  const restart = async (partition: number): Promise<void> => {
    const at = { topic: plan.names.features, partition };
    const { body } = (states[partition] as TaskState).marker(at);
    stage.close([at]);
    states[partition] = await open(partition, new Map([[`${at.topic}/${partition}`, body]]));
  };

  it('makes another version answer the rows behind it, in their order, and no batch has rows of two', async () => {
    const answered = await process(row('a'), row('b'), alias('2', 17), row('c'), row('d'), row('e'));
    expect(answered).toEqual(['a by 1', 'b by 1', 'c by 2', 'd by 2', 'e by 2']);
    expect(models.batches).toEqual(['1×2', '2×3']);
  });

  it("is each partition's own", async () => {
    expect(await process(row('a', 0), alias('2', 17, 1), row('b', 1), row('c', 0))).toEqual([
      'a by 1',
      'b by 2',
      'c by 1',
    ]);
  });

  it('is in the marker, so that whoever comes next goes on with it', async () => {
    await process(alias('2', 17));
    settle();
    models.begins = { version: '3', number: 99, fromPlan: false };
    await restart(0);
    await restart(1);
    expect(await process(row('a', 0), row('b', 1))).toEqual(['a by 2', 'b by 1']);
  });

  it('is taken back with the transaction that did not commit, and comes again', async () => {
    const batch = [row('a'), alias('2', 17), row('b')];
    const before = states[0]?.savepoint() as number;
    await process(...batch);
    expect(stage.versions()).toEqual(new Set(['1', '2']));
    states[0]?.rollback(before);
    expect(await process(row('x'))).toEqual(['x by 1']);
    expect(await process(...batch)).toEqual(['a by 1', 'b by 2']);
    settle();
    expect(stage.versions()).toEqual(new Set(['1', '2']));
    await process(alias('2', 17, 1));
    settle();
    expect(stage.versions()).toEqual(new Set(['2']));
  });

  it('needs every version of the batch until it is committed', async () => {
    await process(alias('2', 17), row('a'), alias('3', 18), row('b'));
    expect(stage.versions()).toEqual(new Set(['1', '2', '3']));
  });

  it('is ignored where it comes behind a later one', async () => {
    expect(await process(alias('3', 18), row('a'), alias('2', 17), row('b'), alias('2', 18), row('c'))).toEqual([
      'a by 3',
      'b by 3',
      'c by 3',
    ]);
    settle();
    await restart(0);
    expect(await process(alias('2', 17), row('d'))).toEqual(['d by 3']);
  });

  it('of another model, or a challenger, changes nothing', async () => {
    const others = [alias('2', 17, 0, { model: 'other' }), alias('2', 18, 0, { alias: 'challenger' })];
    expect(await process(...others, row('a'))).toEqual(['a by 1']);
    expect(models.switches).toEqual([]);
  });

  it('tells the doors, when it is read', async () => {
    await process(alias('2', 17));
    expect(models.switches).toEqual([{ version: '2', number: 17, fromPlan: false }]);
  });

  it('to a version that cannot be loaded ends the scorer, says which, and passes nothing', async () => {
    models.broken.set('2', new AppError('MODEL_NOT_FOUND', 'there is no version 2.'));
    const failed = { code: 'MODEL_NOT_FOUND', detail: expect.stringContaining('version 2 is champion here') };
    await expect(stage.process([row('a'), alias('2', 17)])).rejects.toMatchObject(failed);
    models.broken.set('3', new Error('disk'));
    await expect(stage.process([alias('3', 18), row('a')])).rejects.toMatchObject({ code: 'MODEL_INVALID' });
  });

  it('to a version whose store does not answer is tried again: the scorer goes back, and passes nothing', async () => {
    models.broken.set('2', new AppError('MODEL_STORE_UNREACHABLE', 'it answered 503.'));
    await expect(stage.process([row('a'), alias('2', 17), row('b')])).rejects.toMatchObject({ class: 'retry' });
    states.forEach((state) => state.rollback(0));
    models.broken.clear();
    expect(await process(row('a'), alias('2', 17), row('b'))).toEqual(['a by 1', 'b by 2']);
  });

  it('that was overtaken before any row need not be loaded', async () => {
    models.broken.set('2', new AppError('MODEL_NOT_FOUND', 'there is no version 2.'));
    expect(await process(alias('2', 17), alias('3', 18), row('a'))).toEqual(['a by 3']);
  });

  it("leaves a partition that was never committed with what is in force, and the pipeline file's version where no alias was", async () => {
    models.begins = { version: '3', number: 99, fromPlan: false };
    states[0] = await open(0, new Map());
    expect(await process(row('a'), alias('2', 98), row('b'))).toEqual(['a by 3', 'b by 3']);
    models.planVersion = '4';
    await restart(1);
    await restart(0);
    expect(await process(row('c', 1), row('d', 0))).toEqual(['c by 4', 'd by 3']);
  });

  it('remembers a switch that a set of another vector has left aside, and goes by the pipeline file', async () => {
    models.begins = { version: '1', number: 17, fromPlan: true };
    states[0] = await open(0, new Map());
    expect(await process(alias('2', 17), row('a'))).toEqual(['a by 1']);
    models.planVersion = '4';
    await restart(0);
    expect(await process(alias('2', 17), row('b'), alias('5', 18), row('c'))).toEqual(['b by 4', 'c by 5']);
  });

  it('keeps clocks where they were', async () => {
    const clock = (at: number): InboundRecord => inbound({ kind: 'progress', source: 0, at, first: 5 }, 0);
    const passed = async (at: number): Promise<number> => (await stage.process([clock(at)])).records.length;
    await process(alias('2', 17));
    await restart(0);
    expect(await passed(-7)).toBe(1);
    await restart(0);
    expect([await passed(-7), await passed(-6)]).toEqual([0, 1]);
  });
});
