import { describe, expect, it } from 'vitest';

import { ScriptedPartition } from '../testing/scripted-partition.ts';
import { smallPlan } from '../testing/small-plan.ts';
import { ask, clock, sale } from '../testing/stage-records.ts';

/** The sum in panes of 20, and the exact one. */
const PLAN = smallPlan({
  features: [
    { from: 'sale', by: ['place'], over: 100, take: 'sum', of: 'amount', resolution: 20 },
    { from: 'sale', by: ['place'], over: 100, take: 'sum', of: 'amount' },
  ],
  retainLateMs: 10,
});
const PROMISE = { id: 'p', partitions: [0] };

function partition(): ScriptedPartition {
  return new ScriptedPartition(PLAN, 0);
}

/** An event of an input partition, with the same amount for both features; `panes: false` where ingest found it overdue. */
function sold(at: number, amount: number, input = 0, panes = true): ReturnType<typeof sale> {
  return { ...sale(at, amount), values: [panes ? amount : null, amount], origin: { partition: input, offset: at } };
}

/** Enough events of nothing for a pane to be folded. */
function fill(place: ScriptedPartition, at: number): void {
  for (let n = 0; n < 9; n++) place.take('x', { ...sold(at, 0), id: `fill ${n}` });
}

/** What a restart from the last commit makes of it, read in chunks. */
function restarted(place: ScriptedPartition): ScriptedPartition {
  const { keepFrom, body } = place.state.marker();
  const fresh = partition();
  fresh.state.load(new Map([['t/0', body]]));
  const records = place.topic.records.filter(({ offset }) => offset >= (keepFrom ?? Infinity));
  for (let n = 0; n < records.length; n += 4) fresh.state.restore(records.slice(n, n + 4));
  fresh.state.restored();
  return fresh;
}

const answer = (place: ScriptedPartition, at: number): unknown => place.take('x', ask(at));

describe('panes in a partition of a keyed stage', () => {
  it('take back what a rollback takes back', () => {
    const place = partition();
    place.take('x', clock(0));
    fill(place, 5);
    place.process(place.topic.append('x', sold(6, 7)));
    place.state.rollback(0);
    place.take(null, clock(60));
    expect(answer(place, 70)).toEqual([{ part: [0, 0], late: false }]);
  });

  it('use an event once that is resent before its pane ends at the horizon', () => {
    const place = partition();
    place.take(null, clock(0));
    fill(place, 5);
    place.take('x', sold(6, 7));
    place.take(null, clock(16));
    place.take('x', sold(6, 7));
    place.take(null, clock(60));
    place.take('x', sold(6, 7, 0, false)); // ingest finds it overdue
    expect(answer(place, 70)).toEqual([{ part: [7, 7], late: false }]);
  });

  it('are closed to what is older than the horizon of an input partition that comes behind it, until that has caught up', () => {
    const place = partition();
    place.take(null, clock(200)); // the horizon is 190
    place.take(null, clock(120, null, 1));
    place.take('x', sold(189, 1, 1));
    place.take('x', sold(190, 2, 1));
    place.take('x', sold(195, 4, 0));
    expect(place.state.tallies.lateEvents).toBe(1);
    place.take(null, clock(200, null, 1));
    place.take('x', sold(191, 8, 1));
    const expected = [{ part: [14, 15], late: false }];
    expect(answer(place, 210)).toEqual(expected);
    expect(answer(restarted(place), 210)).toEqual(expected);
  });

  it('know after a restart which events they were closed to, and forget it when no window reaches back to them', () => {
    const place = partition();
    place.take(null, clock(200));
    place.take(null, clock(120, null, 1));
    place.take('x', sold(185, 1, 1));
    place.take('x', sold(205, 2));
    expect(answer(restarted(place), 210)).toEqual(answer(place, 210));
    const other = partition();
    for (const input of [0, 1]) for (const each of [place, other]) each.take(null, clock(330, null, input));
    expect(place.state.marker().body).toEqual(other.state.marker().body);
  });

  it('count nothing twice when ingest begins anew', () => {
    const place = partition();
    place.take(null, clock(0));
    fill(place, 5);
    place.take('x', sold(6, 7));
    place.take(null, clock(60));
    place.take(null, clock(0)); // it has forgotten its clock
    place.take('x', sold(6, 7));
    place.take(null, clock(60));
    for (const each of [restarted(place), place]) expect(answer(each, 70)).toEqual([{ part: [7, 7], late: false }]);
  });

  it('count nothing twice after a restart either, though an open request held the horizon back then', () => {
    const plan = smallPlan({
      features: [
        { from: 'sale', by: ['place'], over: 100, take: 'count' },
        { from: 'sale', by: ['user'], over: 100, take: 'sum', of: 'amount', resolution: 20 },
      ],
      retainLateMs: 10,
    });
    const assembly = { asked: [0], values: new Float64Array(3) };
    const user = new ScriptedPartition(plan, 1);
    user.take(null, clock(0));
    for (let n = 0; n < 9; n++) user.take('ann', sale(45, 0, `fill ${n}`));
    user.take('ann', sale(46, 7));
    const open = ask(41, { assembly });
    user.take('ann', open); // waits for the other stage's part, and the horizon for it
    user.take(null, clock(100));
    user.take(null, clock(0)); // ingest has forgotten its clock
    user.take('ann', sale(46, 7));
    user.take('ann', {
      kind: 'part',
      stage: 0,
      origin: open.origin,
      attempts: 0,
      values: Float64Array.of(0),
      late: false,
      error: null,
    });
    user.take(null, clock(100));
    const fresh = new ScriptedPartition(plan, 1);
    fresh.state.load(new Map([['t/0', user.state.marker().body]]));
    for (const record of user.topic.records) fresh.state.restore([record]);
    fresh.state.restored();
    const values = (at: ScriptedPartition): unknown =>
      at.take('ann', ask(101, { assembly: { ...assembly, asked: [] } }));
    expect(values(user)).toMatchObject([{ vector: [0, 0, 7] }]);
    expect(values(fresh)).toMatchObject([{ vector: [0, 0, 7] }]);
  });

  it('stay open under a promise that begins before what the clock said', () => {
    const place = partition();
    place.take(null, clock(100));
    place.take(null, clock(50, PROMISE));
    place.take('x', sold(92, 1)); // ingest lets through what is not older than 90
    expect(answer(place, 100)).toEqual([{ part: [1, 1], late: false }]);
  });

  it('hold no more in a restore than what its clocks leave open', () => {
    const plan = smallPlan({
      features: [{ from: 'sale', by: ['place'], over: 1500, take: 'count', resolution: 20 }],
      retainLateMs: 10,
    });
    const place = new ScriptedPartition(plan, 0);
    for (let at = 0; at < 2000; at++) {
      if (at % 10 === 0) place.take(null, clock(at));
      for (let n = 0; n < 5; n++) place.take('x', sale(at, 1, `${n}`));
    }
    const again = new ScriptedPartition(plan, 0).state;
    again.load(new Map([['t/0', place.state.marker().body]]));
    const { records } = place.topic;
    let most = 0;
    for (let n = 0; n < records.length; n += 50) {
      again.restore(records.slice(n, n + 50));
      most = Math.max(most, again.gauges.kept);
    }
    again.restored();
    expect(again.gauges).toEqual(place.state.gauges);
    expect(most).toBeLessThan(1500 / 20 + 5 + 5 * (20 + 10 + 20));
  });
});
