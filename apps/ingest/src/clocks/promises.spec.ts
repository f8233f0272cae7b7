import { NO_EVENT_YET, type StageRequest } from '@millrace/records';
import { beforeEach, describe, expect, it } from 'vitest';

import { clocksIn, OpenStage, stageRecords } from '../testing/open-stage.ts';
import { asked, NEW_YEAR, rideRecord, watermark, type RideRecord } from '../testing/rides.ts';

const MINUTE = 60_000;
const HELD = { id: 'p1', partitions: [0, 1] };
const end = { type: 'millrace.watermark', promise: 'p1', idle: true };
let ingest: OpenStage;
beforeEach(async () => {
  ingest = await OpenStage.with([0, 1]);
});

const both = (value: unknown) => [{ value }, { value, partition: 1 }];
const clocks = (...records: readonly RideRecord[]) => clocksIn(ingest.process(...records).records);

describe('a promise', () => {
  it('makes the clock what it says, of a partition without events too', () => {
    expect(clocks(...both(watermark(NEW_YEAR)))).toEqual([
      { kind: 'clock', input: 0, at: NEW_YEAR, first: NO_EVENT_YET, promise: HELD },
      { kind: 'clock', input: 1, at: NEW_YEAR, first: NO_EVENT_YET, promise: HELD },
    ]);
  });

  it('is told before the first request under it', () => {
    const { records } = ingest.process({ value: watermark(NEW_YEAR) }, { value: asked(NEW_YEAR + 1) });
    const kinds = stageRecords(
      records.filter(({ partition }) => partition === records.find(({ key }) => key === 'ann')?.partition),
    ).map(({ kind }) => kind);
    expect(kinds.indexOf('clock')).toBeLessThan(kinds.indexOf('request'));
  });

  it('stands on every request from its partition, and on none after its end', () => {
    const { records } = ingest.process(
      { value: watermark(NEW_YEAR) },
      { value: asked(NEW_YEAR + 1) },
      { value: asked(NEW_YEAR + 2), partition: 1 },
      { value: end },
      { value: asked(NEW_YEAR + 3) },
    );
    const requests = stageRecords(records).filter(
      (record): record is StageRequest => record.kind === 'request' && record.assembly !== null,
    );
    expect(requests.map(({ at, promise }) => [at - NEW_YEAR, promise])).toEqual([
      [1, 'p1'],
      [2, null],
      [3, null],
    ]);
  });

  it("is written at each batch's end as it moves, however short the time", () => {
    clocks({ value: watermark(NEW_YEAR) });
    expect(clocks({ value: watermark(NEW_YEAR + 5) }, { value: watermark(NEW_YEAR + 9) })).toMatchObject([
      { at: NEW_YEAR + 9 },
    ]);
    expect(clocks({ value: watermark(NEW_YEAR + 9) })).toEqual([]);
    expect(clocks({ value: watermark(NEW_YEAR + 3) })).toEqual([]);
  });

  it('is told once more before the clock no longer carries it', () => {
    expect(
      clocks({ value: watermark(NEW_YEAR) }, { value: watermark(NEW_YEAR + MINUTE) }, { value: end }),
    ).toMatchObject([
      { at: NEW_YEAR, promise: HELD },
      { at: NEW_YEAR + MINUTE, promise: HELD },
      { at: NEW_YEAR + MINUTE, promise: null },
    ]);
  });

  it('may be below the tick before it, and goes on as a tick after it', () => {
    clocks({ value: asked(NEW_YEAR) });
    expect(clocks({ value: watermark(NEW_YEAR - 60 * MINUTE) })).toMatchObject([{ at: NEW_YEAR - 60 * MINUTE }]);
    expect(clocks({ value: end }).at(-1)).toMatchObject({ at: NEW_YEAR - MINUTE, promise: null });
  });

  it('makes what is earlier late, and takes it all the same', () => {
    ingest.process({ value: watermark(NEW_YEAR) });
    const { deadLetters } = ingest.process({ value: asked(NEW_YEAR - 1) }, { value: asked(NEW_YEAR) });
    expect([deadLetters, ingest.late]).toEqual([[], ['asked']]);
  });

  it('is in the marker', async () => {
    ingest.process({ value: watermark(NEW_YEAR) });
    const next = await OpenStage.with([1]);
    next.open(0, ingest.marker(0));
    expect(next.wakeFor(1, null)).toMatchObject([{ at: NEW_YEAR, promise: HELD }]);
    expect(next.process({ value: watermark(NEW_YEAR + 1) }).deadLetters).toEqual([]);
  });
});

describe('a watermark that does not belong', () => {
  const codes = (...records: readonly RideRecord[]) => ingest.process(...records).deadLetters.map(({ code }) => code);

  it('is PROMISE_OPEN under another promise', () => {
    expect(
      codes(
        { value: watermark(NEW_YEAR) },
        { value: watermark(NEW_YEAR, { promise: 'p2' }) },
        { value: watermark(NEW_YEAR + 1) },
      ),
    ).toEqual(['PROMISE_OPEN']);
  });

  it('is PROMISE_REUSED after the end, also after a restart and beside another promise', async () => {
    expect(codes({ value: watermark(NEW_YEAR) }, { value: end }, { value: watermark(NEW_YEAR) })).toEqual([
      'PROMISE_REUSED',
    ]);
    const next = await OpenStage.with([1]);
    next.open(0, ingest.marker(0));
    const { deadLetters } = next.process(
      { value: watermark(NEW_YEAR) },
      { value: watermark(NEW_YEAR, { promise: 'p2' }) },
      { value: watermark(NEW_YEAR) },
    );
    expect(deadLetters.map(({ code }) => code)).toEqual(['PROMISE_REUSED', 'PROMISE_REUSED']);
  });

  it('is BAD_WATERMARK when it does not name its partition, names others than before, or ends what never was', () => {
    expect(codes({ value: watermark(NEW_YEAR, { partitions: [1] }) })).toEqual(['BAD_WATERMARK']);
    expect(codes({ value: end })).toEqual(['BAD_WATERMARK']);
    expect(codes({ value: watermark(NEW_YEAR) }, { value: watermark(NEW_YEAR, { partitions: [0] }) })).toEqual([
      'BAD_WATERMARK',
    ]);
  });

  it('is nothing when it is an end that was sent twice', () => {
    expect(codes({ value: watermark(NEW_YEAR) }, { value: end }, { value: end })).toEqual([]);
  });
});

describe('a silent promise', () => {
  it('is dropped after events.watermark_timeout, told, and never taken up again', () => {
    ingest.process(...both(watermark(NEW_YEAR)));
    const since = ingest.clock.elapsed();
    const said = ingest.wakeFor(29, since);
    expect(said.filter(({ promise }) => promise === null)).toEqual([]);
    expect(ingest.wakeFor(1, since).map(({ input, promise }) => [input, promise?.id])).toEqual([
      [0, 'p1'],
      [1, 'p1'],
      [0, undefined],
      [1, undefined],
    ]);
    expect(ingest.dropped).toEqual([{ id: 'p1', partition: 0 }]);
    expect(ingest.process({ value: watermark(NEW_YEAR + 1) }).deadLetters.map(({ code }) => code)).toEqual([
      'PROMISE_REUSED',
    ]);
  });

  it('lets go of partitions that it never came to, where it is then used up too', () => {
    ingest.process({ value: watermark(NEW_YEAR) });
    const said = ingest.wakeFor(30, 0).filter(({ input }) => input === 1);
    expect(said).toMatchObject([
      { at: NEW_YEAR, promise: HELD },
      { at: NEW_YEAR, promise: null },
    ]);
    expect(ingest.process({ value: watermark(NEW_YEAR), partition: 1 }).deadLetters).toHaveLength(1);
  });

  it('leaves clocks that go with the wall clock from then on', () => {
    ingest.process(...both(watermark(NEW_YEAR)));
    ingest.wakeFor(30, 0);
    expect(ingest.wakeFor(1, 0)).toMatchObject([{ at: NEW_YEAR + 1000 }, { at: NEW_YEAR + 1000 }]);
  });

  it('is one that another promise keeps out of a partition, and leaves that one alone', () => {
    const other = watermark(NEW_YEAR, { promise: 'p2', partitions: [1] });
    ingest.process({ value: other, partition: 1 }, { value: watermark(NEW_YEAR) });
    expect(ingest.wakeFor(29, null).filter(({ promise }) => promise === null)).toEqual([]);
    expect(ingest.wakeFor(1, null).filter(({ input }) => input === 0)).toMatchObject([
      { promise: HELD },
      { promise: null },
    ]);
    expect(ingest.dropped).toEqual([{ id: 'p1', partition: 1 }]);
    expect(ingest.process({ value: other, partition: 1 }).deadLetters).toEqual([]);
  });

  it('is not one that began after a long silence, that has something to read, or whose part has ended', () => {
    ingest.wakeFor(100, 0);
    ingest.process(...both(watermark(NEW_YEAR)));
    ingest.wakeFor(20, 0);
    expect(ingest.dropped).toEqual([]);
    ingest.wakeFor(100, null);
    expect(ingest.dropped).toEqual([]);
    ingest.process(...both(end));
    ingest.wakeFor(100, 0);
    expect(ingest.dropped).toEqual([]);
  });

  it('is not one during which we were frozen or had just come', async () => {
    ingest.process(...both(watermark(NEW_YEAR)));
    ingest.clock.advance(3600_000);
    ingest.wakeFor(20, 0);
    expect(ingest.dropped).toEqual([]);
    const next = await OpenStage.with([1]);
    next.clock.advance(3600_000);
    next.open(0, ingest.marker(0));
    next.wakeFor(20, 0);
    expect(next.dropped).toEqual([]);
    next.wakeFor(20, 0);
    expect(next.dropped).toHaveLength(1);
  });

  it('comes back with the batch that dropped it', () => {
    ingest.process(...both(watermark(NEW_YEAR)));
    ingest.wakeFor(29, 0);
    const before = ingest.marker(0);
    ingest.clock.advance(1000);
    ingest.stage.wake(
      [0, 1].map((partition) => ({
        topic: 'rides.events',
        partition,
        queued: [],
        position: 0,
        lastStable: 0,
        idleSinceMs: 0,
      })),
    );
    expect(ingest.marker(0)).not.toEqual(before);
    for (const state of ingest.states.values()) state.rollback(0);
    expect(ingest.marker(0)).toEqual(before);
    expect(ingest.processInbound([rideRecord({ value: watermark(NEW_YEAR + 1) })]).deadLetters).toEqual([]);
  });
});
