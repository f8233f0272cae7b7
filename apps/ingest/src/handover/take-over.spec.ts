import { SystemClock } from '@millrace/core';
import { MemoryLog } from '@millrace/memory-log';
import type { Plan } from '@millrace/pipeline';
import { PLAN_NOTE } from '@millrace/records';
import { readLatest, type RecordSource, type StartFrom } from '@millrace/stream';
import { beforeEach, describe, expect, it } from 'vitest';

import { ridesPlan } from '../testing/rides.ts';
import type { GivenOver } from './given-over.ts';
import { SetNotes } from './set-notes.ts';
import { TakeOver } from './take-over.ts';

const HOUR = 3_600_000;
const PLAN = await ridesPlan();
const { events, control } = PLAN.names;
const clock = new SystemClock();
const NOW = clock.now();
/** How far back the windows of this plan, or its memory of ids, were recorded. */
const REACH_MS = Math.max(HOUR + PLAN.limits.maxAheadMs, PLAN.dedupe.withinMs);
let log: MemoryLog;
let notes: SetNotes;
let told: string[];

beforeEach(async () => {
  log = new MemoryLog({ clock });
  const topics = [events, control].map((topic) => ({ topic, partitions: 1, replication: null, config: {} }));
  await log.admin().create(topics);
  notes = new SetNotes();
  notes.inputPartitions = 1;
  told = [];
});

function takeOver(from?: StartFrom, more: Partial<Plan> = {}): TakeOver {
  return new TakeOver({ plan: { ...PLAN, ...more }, log, clock, notes, from, onStep: (what) => told.push(what) });
}

const note = (key: string, value: object): void => notes.apply(key, Buffer.from(JSON.stringify(value)));

function runs(set: string): void {
  note(PLAN_NOTE.running, { feature_set: set });
}

function givenOver(place: Partial<GivenOver>): void {
  const rest = { to: PLAN.featureSet, untilMs: null, clock: '' };
  note(PLAN_NOTE.givenOver('aaaaaaaa', 0), { ...rest, offset: 3, stampedMs: NOW, ...place });
}

async function noted(key: string): Promise<unknown> {
  const found = await readLatest(log.source(), control, key);
  return found && JSON.parse(found.toString('utf8'));
}

async function record(...timestamps: readonly number[]): Promise<void> {
  const records = timestamps.map((timestamp) => ({ topic: events, partition: 0, key: null, value: '{}', timestamp }));
  await log.publisher().publish(records);
}

describe('a feature set that starts', () => {
  it('takes events where no other ever did, and where the operator says so', async () => {
    await takeOver().announce();
    expect(await noted(PLAN_NOTE.running)).toEqual({ feature_set: PLAN.featureSet });
    runs('aaaaaaaa');
    await takeOver('latest').announce();
    expect(notes.running).toBe(PLAN.featureSet);
    expect(await noted(PLAN_NOTE.offer('aaaaaaaa'))).toBeNull();
  });

  it('says in its offer that it joins by pseudonyms', async () => {
    runs('aaaaaaaa');
    await takeOver(undefined, { pseudonyms: { fields: ['rider'], of: null } }).announce();
    expect(await noted(PLAN_NOTE.offer('aaaaaaaa'))).toMatchObject({ key: 'rider with pseudonyms of rider' });
  });

  it('offers to the one that takes them, and waits until it has given over', async () => {
    runs('aaaaaaaa');
    const starting = takeOver();
    await starting.announce();
    expect(await noted(PLAN_NOTE.offer('aaaaaaaa'))).toEqual({
      to: PLAN.featureSet,
      key: 'rider',
      outcome: true,
      partitions: 2,
    });
    expect(await noted(PLAN_NOTE.running)).toBeNull();
    const prepared = starting.prepare(new AbortController().signal);
    expect(starting.waitsFor()).toContain('0 of 1 partitions');
    expect(told).toEqual([expect.stringContaining('aaaaaaaa')]);
    await record(NOW - REACH_MS - 1, NOW - REACH_MS, NOW);
    givenOver({ partitions: 3 });
    starting.news();
    await prepared;
    expect(starting.startAt(0)).toBe(1);
    expect(starting.waitsFor()).toContain('being filled');
    note(PLAN_NOTE.refilled(PLAN.featureSet, 0), {});
    expect(starting.waitsFor()).toContain('done in 0 of 3 partitions');
    runs(PLAN.featureSet);
    starting.news();
    expect(told.at(-1)).toBe(`the feature set ${PLAN.featureSet} answers now`);
  });

  it('says that another one takes over from it, and when it is done', async () => {
    runs(PLAN.featureSet);
    const running = takeOver();
    expect(running.givesOver()).toBeNull();
    note(PLAN_NOTE.offer(PLAN.featureSet), { to: 'bbbbbbbb', key: 'rider', outcome: true, partitions: 2 });
    expect(running.givesOver()).not.toContain('stop its services');
    for (const partition of [0, 1]) note(PLAN_NOTE.drained(PLAN.featureSet, partition), {});
    expect(running.givesOver()).toContain('bbbbbbbb takes over; nothing is left to do');
  });

  it('is refused where it has given over itself, or another one takes over already', async () => {
    runs('aaaaaaaa');
    note(PLAN_NOTE.offer(PLAN.featureSet), { to: 'aaaaaaaa', key: 'rider', outcome: true, partitions: 2 });
    const back = expect.stringMatching(/has given over to aaaaaaaa.*--prune/s);
    await expect(takeOver().announce()).rejects.toMatchObject({ code: 'PLAN_CHANGED', detail: back });
    notes = new SetNotes();
    runs('aaaaaaaa');
    note(PLAN_NOTE.offer('aaaaaaaa'), { to: 'bbbbbbbb', key: 'rider', outcome: true, partitions: 2 });
    const other = expect.stringContaining('giving over to bbbbbbbb');
    await expect(takeOver().announce()).rejects.toMatchObject({ code: 'PLAN_CHANGED', detail: other });
  });

  it('ends its wait when it is stopped', async () => {
    runs('aaaaaaaa');
    const starting = takeOver();
    await starting.announce();
    const stop = new AbortController();
    const prepared = starting.prepare(stop.signal);
    stop.abort();
    starting.news();
    await prepared;
    expect(starting.startAt(0)).toBeNull();
  });
});

/** The log has deleted what lay before an offset; `after` so many look-ups of its offsets, where it does so only then. */
function beginAt(first: number, after = 0): void {
  const whole = log.source();
  let looks = 0;
  const begin = (): number => (looks++ < after ? 0 : first);
  const source: RecordSource = {
    fetch: (positions, limits) => whole.fetch(positions, limits),
    bounds: async (at) => {
      const from = begin();
      return new Map([...(await whole.bounds(at))].map(([name, bounds]) => [name, { ...bounds, first: from }]));
    },
    offsetsAt: async (at, time) => {
      const from = begin();
      return new Map([...(await whole.offsetsAt(at, time))].map(([name, offset]) => [name, Math.max(from, offset)]));
    },
    close: () => whole.close(),
  };
  log.source = () => source;
}

describe('a log that does not reach as far back as windows do', () => {
  beforeEach(async () => {
    await record(NOW - HOUR, NOW - 1000, NOW);
    beginAt(1);
    runs('aaaaaaaa');
  });

  it('is told before anybody stops for it', async () => {
    await expect(takeOver().announce()).rejects.toMatchObject({ code: 'STATE_GAP' });
    expect(notes.offerTo('aaaaaaaa')).toBeNull();
  });

  it('is told where retention takes the head while it is looked for', async () => {
    log = new MemoryLog({ clock });
    await log.admin().create([{ topic: events, partitions: 1, replication: null, config: {} }]);
    await record(...Array.from({ length: 9 }, (_, i) => NOW - 1000 + i));
    for (const after of [0, 1]) {
      const before = log.source;
      beginAt(5, after);
      await expect(takeOver().announce()).rejects.toMatchObject({ code: 'STATE_GAP' });
      log.source = before;
    }
  });

  it('is read from where it begins where the pipeline says so', async () => {
    const starting = takeOver(undefined, { onOutOfRange: 'earliest' });
    await starting.announce();
    givenOver({});
    await starting.prepare(new AbortController().signal);
    expect(starting.startAt(0)).toBe(1);
  });
});
