import {
  decodeOutcomesRecord,
  decodeStageRecord,
  headerText,
  partitionOf,
  type RecordTrace,
  type StageRequest,
} from '@millrace/records';
import { beforeEach, describe, expect, it } from 'vitest';

import { clocksIn, isTo, OpenStage, stageRecords } from './testing/open-stage.ts';
import { asked, ended, iso, NEW_YEAR, rideRecord, watermark, type RideRecord } from './testing/rides.ts';

const MINUTE = 60_000;
let ingest: OpenStage;
beforeEach(async () => {
  ingest = await OpenStage.with([0, 1]);
});

/** Has been a dead letter twice. */
const REPLAYED = { 'millrace-attempts': '2' };

describe('an event', () => {
  it('goes as an update to every stage that takes from it, placed by its key', () => {
    const { records } = ingest.process({ value: ended(NEW_YEAR), partition: 1, offset: 7, headers: REPLAYED });
    const updates = records.filter((record) => record.key !== null && isTo('.by.')(record));
    expect(updates.map(({ topic, partition, key }) => [topic.split('.by.')[1], partition, key])).toEqual([
      ['zone', partitionOf('north', 2), 'north'],
      ['rider', partitionOf('ann', 2), 'ann'],
    ]);
    const origin = { partition: 1, offset: 7 };
    const common = { kind: 'event', type: 1, id: `end-${NEW_YEAR}`, at: NEW_YEAR, origin, attempts: 2 };
    expect(updates.map(({ value }) => decodeStageRecord(value as Uint8Array))).toEqual([
      { ...common, values: [true] },
      { ...common, values: [2] },
    ]);
  });

  it('asks every stage for its part when it is a request, and counts what kept coming back', () => {
    const { records } = ingest.process({ value: asked(NEW_YEAR), headers: REPLAYED });
    const requests = stageRecords(records).filter((record): record is StageRequest => record.kind === 'request');
    expect(requests.map(({ assembly, attempts, promise }) => [assembly?.asked, attempts, promise])).toEqual([
      [undefined, 2, null],
      [[0], 2, null],
    ]);
  });

  it('asks the assembler first where topics are written one after the other', async () => {
    const order = ({ records }: ReturnType<OpenStage['process']>): readonly string[] => [
      ...new Set(records.map(({ topic }) => topic.split('.by.')[1] ?? '')),
    ];
    const events = [{ value: ended(NEW_YEAR) }, { value: asked(NEW_YEAR + 1) }];
    expect(order(ingest.process(...events))[0]).toBe('zone');
    const plain = await OpenStage.with([0], { delivery: 'at_least_once' });
    expect(order(plain.process(...events))[0]).toBe('rider');
  });

  it('is placed by its id where predict.key is null', () => {
    const ids = ['a', 'b', 'c', 'd', 'e'];
    const { records } = ingest.process(...ids.map((id) => ({ value: asked(NEW_YEAR, { rider: null, id }) })));
    const requests = records.filter(
      (record) => isTo('.by.rider')(record) && decodeStageRecord(record.value as Uint8Array).kind === 'request',
    );
    expect(requests.map(({ key, partition }) => [key, partition])).toEqual(ids.map((id) => [null, partitionOf(id, 2)]));
    expect(new Set(requests.map(({ partition }) => partition)).size).toBe(2);
  });

  it('becomes an outcome for users and for the monitor, by predict.key', () => {
    const { records } = ingest.process({ value: ended(NEW_YEAR), headers: REPLAYED });
    const json = records.find(({ topic }) => topic === 'rides.outcomes');
    expect(JSON.parse(String(json?.value))).toEqual({
      id: `end-${NEW_YEAR}`,
      key: 'ann',
      time: '2026-01-01T00:00:00Z',
      label: 1,
    });
    expect([json?.key, json?.partition, headerText(json?.headers ?? [], 'ce_type')]).toEqual([
      'ann',
      partitionOf('ann', 2),
      'millrace.outcome',
    ]);
    const row = records.find(({ topic, key }) => /[0-9a-f]{8}\.outcomes$/.test(topic) && key === 'ann');
    expect(decodeOutcomesRecord(row?.value as Uint8Array)).toMatchObject({
      kind: 'outcome',
      id: `end-${NEW_YEAR}`,
      key: 'ann',
      at: NEW_YEAR,
      label: 1,
      attempts: 2,
    });
  });

  it('is no outcome while its label is null', () => {
    const { records } = ingest.process({ value: ended(NEW_YEAR, { fare: null }) });
    expect(records.filter(({ topic }) => topic === 'rides.outcomes')).toEqual([]);
  });

  describe('that is traced', () => {
    const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

    function traced(value: RideRecord['value']) {
      const record = { ...rideRecord({ value }), trace: { traceparent: TRACEPARENT } as RecordTrace };
      const { records, eventTimes } = ingest.processInbound([record]);
      const carry = records.filter(({ headers = [] }) => headerText(headers, 'traceparent') === TRACEPARENT);
      return { trace: record.trace, eventTimes, records, carry };
    }

    it('hands its trace and its id on to its outcome, and to the last of its keyed records', () => {
      const { trace, eventTimes, records, carry } = traced(ended(NEW_YEAR));
      expect([eventTimes, trace.eventTimeMs, trace.eventId]).toEqual([[NEW_YEAR], NEW_YEAR, `end-${NEW_YEAR}`]);
      const keyed = records.filter((record) => record.key !== null && isTo('.by.')(record));
      expect(keyed.map(({ topic }) => topic.split('.by.')[1])).toEqual(['zone', 'rider']);
      expect(carry.map(({ topic }) => topic.split('.').at(-1))).toEqual(['rider', 'outcomes', 'outcomes']);
      expect(carry.map(({ headers = [] }) => headerText(headers, 'ce_id'))).toEqual(Array(3).fill(`end-${NEW_YEAR}`));
    });

    it('hands it on with the request that its vector comes from, and with no other', () => {
      const { records, carry } = traced(asked(NEW_YEAR));
      expect(stageRecords(records).filter(({ kind }) => kind === 'request')).toHaveLength(2);
      expect(stageRecords(carry)).toMatchObject([{ kind: 'request', assembly: { asked: [0] } }]);
      expect(carry).toHaveLength(1);
    });
  });
});

describe('a bad record', () => {
  it('is a dead letter with its origin and untouched bytes, and its neighbours go on', () => {
    const bytes = Buffer.from('{"type":');
    const { records, deadLetters } = ingest.process(
      { value: asked(NEW_YEAR), offset: 1 },
      { value: bytes, offset: 2, headers: { 'millrace-attempts': '1', other: 'kept' } },
      { value: ended(NEW_YEAR), offset: 3 },
    );
    expect(deadLetters).toEqual([
      {
        stage: 'ingest',
        // the partition's clock: a minute behind its latest event
        at: NEW_YEAR - 60_000,
        code: 'NOT_JSON',
        topic: 'rides.events',
        partition: 0,
        offset: 2,
        attempts: 1,
        key: null,
        value: bytes,
        reason: expect.stringContaining('not JSON'),
        headers: [
          ['millrace-attempts', Buffer.from('1')],
          ['other', Buffer.from('kept')],
        ],
      },
    ]);
    expect(stageRecords(records).map(({ kind }) => kind)).toEqual(expect.arrayContaining(['request', 'event']));
  });

  it('leaves nothing half done when an expression fails late', () => {
    const { records, deadLetters } = ingest.process({ value: ended(NEW_YEAR, { fare: 0 }) });
    expect(deadLetters.map(({ code }) => code)).toEqual(['EXPRESSION_FAILED']);
    expect(records).toEqual([]);
  });

  it('is one that is stamped further ahead than events.max_ahead, of its record or of our clock', () => {
    const hour = 60 * MINUTE;
    const { deadLetters } = ingest.process(
      { value: asked(NEW_YEAR + hour) },
      { value: asked(NEW_YEAR + hour + 1) },
      { value: asked(NEW_YEAR), timestamp: NEW_YEAR - hour - 1 },
      { value: asked(NEW_YEAR + hour + 1), timestamp: NEW_YEAR + hour },
    );
    expect(deadLetters.map(({ code, reason }) => [code, reason.split(',')[0]])).toEqual([
      ['TIME_AHEAD', `stamped ${iso(NEW_YEAR + hour + 1)}`],
      ['TIME_AHEAD', 'stamped 2026-01-01T00:00:00Z'],
      ['TIME_AHEAD', `stamped ${iso(NEW_YEAR + hour + 1)}`],
    ]);
  });

  it('may be stamped ahead of our clock where a promise has come so far', () => {
    const day = 24 * 60 * MINUTE;
    const { deadLetters } = ingest.process(
      { value: watermark(NEW_YEAR + day) },
      { value: asked(NEW_YEAR + day + MINUTE) },
      { value: asked(NEW_YEAR + 2 * day) },
    );
    expect(deadLetters.map(({ reason }) => reason)).toEqual([
      expect.stringContaining("ahead of the promise's last watermark"),
    ]);
  });

  it('is a dead letter with the message of an unforeseen error too', () => {
    const { deadLetters } = ingest.stage.poison(rideRecord({ value: asked(NEW_YEAR) }), new Error('oh'));
    expect(deadLetters).toMatchObject([{ code: 'POISON', reason: 'oh' }]);
  });
});

describe('the valve', () => {
  it('takes nothing while a stage is further behind than flow.max_lag', () => {
    const input = {
      topic: 'rides.events',
      partition: 0,
      queued: [rideRecord({ value: asked(NEW_YEAR) })],
      position: 0,
      lastStable: 1,
      idleSinceMs: null,
    };
    ingest.lag = 200_001;
    expect(ingest.stage.take([input], { records: 9, bytes: 9999 })).toEqual([]);
    ingest.lag = 200_000;
    expect(ingest.stage.take([input], { records: 9, bytes: 9999 })).toHaveLength(1);
  });
});

describe('ticks', () => {
  it("are the largest event time, at most the record's timestamp, less events.lateness", () => {
    const { records } = ingest.process(
      { value: asked(NEW_YEAR - 5 * MINUTE) },
      { value: asked(NEW_YEAR - 9 * MINUTE) },
    );
    expect(clocksIn(records)).toEqual([
      { kind: 'clock', input: 0, at: NEW_YEAR - 6 * MINUTE, first: NEW_YEAR - 9 * MINUTE, promise: null },
    ]);
    ingest.clock.advance(1000);
    const ahead = ingest.process({ value: asked(NEW_YEAR + 30 * MINUTE), timestamp: NEW_YEAR - 2 * MINUTE });
    expect(clocksIn(ahead.records)).toMatchObject([{ at: NEW_YEAR - 3 * MINUTE }]);
  });

  it('go to every partition of every internal output', () => {
    const { records } = ingest.process({ value: asked(NEW_YEAR, { rider: null }) });
    const places = records
      .filter(({ key, value }) => key === null && decodesToClock(value as Uint8Array))
      .map(({ topic, partition }) => `${topic.replace(/\.[0-9a-f]{8}\./, '.')}/${partition}`);
    expect(places).toEqual([
      'rides.by.zone/0',
      'rides.by.zone/1',
      'rides.by.rider/0',
      'rides.by.rider/1',
      'rides.outcomes/0',
      'rides.outcomes/1',
    ]);
  });

  it('are written at most once a second as they move, and every ten seconds anyhow', () => {
    const at = (ms: number) => clocksIn(ingest.process({ value: asked(NEW_YEAR + ms) }).records).length;
    expect([at(0), at(1), at(2)]).toEqual([1, 0, 0]);
    ingest.clock.advance(999);
    expect(at(3)).toBe(0);
    ingest.clock.advance(1);
    expect(at(4)).toBe(1);
    expect(ingest.wakeFor(9, null)).toEqual([]);
    expect(ingest.wakeFor(1, null)).toMatchObject([{ input: 0, at: NEW_YEAR + 4 - MINUTE }]);
  });

  it('go with the wall clock while there is nothing to read, and stand while there is', () => {
    ingest.process({ value: asked(NEW_YEAR) });
    const idleSince = ingest.clock.elapsed();
    const idle = ingest.wakeFor(3, idleSince).map(({ at }) => at - (NEW_YEAR - MINUTE));
    expect(idle).toEqual([1000, 2000, 3000]);
    expect(ingest.wakeFor(3, null)).toEqual([]);
  });

  it('do not count the time in which we were frozen', () => {
    ingest.process({ value: asked(NEW_YEAR) });
    const idleSince = ingest.clock.elapsed();
    ingest.wakeFor(2, idleSince);
    ingest.clock.advance(3600_000);
    ingest.wake(idleSince);
    expect(ingest.wakeFor(1, idleSince)).toMatchObject([{ at: NEW_YEAR - MINUTE + 3000 }]);
  });

  it('do not exist where there never was an event', () => {
    expect(ingest.wakeFor(20, 0)).toEqual([]);
    expect(clocksIn(ingest.process({ value: Buffer.from('?') }).records)).toEqual([]);
  });

  it('go on from the marker on another instance', async () => {
    ingest.process({ value: asked(NEW_YEAR) }, { value: asked(NEW_YEAR - MINUTE) });
    const next = await OpenStage.with([]);
    next.open(0, ingest.marker(0));
    expect(next.wakeFor(1, null)).toEqual([
      { kind: 'clock', input: 0, at: NEW_YEAR - MINUTE, first: NEW_YEAR - MINUTE, promise: null },
    ]);
  });

  it('are taken back with their transaction, and then written again', () => {
    ingest.process({ value: asked(NEW_YEAR - 30 * MINUTE) });
    const marker = ingest.marker(0);
    ingest.clock.advance(1000);
    const record = rideRecord({ value: asked(NEW_YEAR), offset: 9 });
    const first = ingest.stage.process([record]);
    expect(ingest.marker(0)).not.toEqual(marker);
    ingest.states.get(0)?.rollback(0);
    expect(ingest.marker(0)).toEqual(marker);
    expect(ingest.stage.process([record])).toEqual(first);
  });
});

function decodesToClock(value: Uint8Array): boolean {
  return decodeStageRecordOrNull(value)?.kind === 'clock';
}

function decodeStageRecordOrNull(value: Uint8Array) {
  try {
    return decodeStageRecord(value);
  } catch {
    return null;
  }
}
