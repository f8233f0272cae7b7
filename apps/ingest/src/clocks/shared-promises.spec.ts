import type { InputPartition } from '@millrace/stream';
import { beforeEach, describe, expect, it } from 'vitest';

import { OpenStage, TOPIC } from '../testing/open-stage.ts';
import { asked, NEW_YEAR, rideRecord, watermark } from '../testing/rides.ts';

const MINUTE = 60_000;
const LIMITS = { records: 100, bytes: 1 << 20 };
const end = { type: 'millrace.watermark', promise: 'p1', idle: true };
let [left, right] = [] as unknown as [OpenStage, OpenStage];
beforeEach(async () => {
  [left, right] = [await OpenStage.with([0]), await OpenStage.with([1])];
});

function talk(): void {
  left.hear(right);
  right.hear(left);
}

/** What an instance would take of these values, waiting in its partition. */
function taken(at: OpenStage, partition: number, ...values: readonly unknown[]): number {
  const queued = values.map((value, offset) => rideRecord({ value, partition, offset }));
  const input: InputPartition = { topic: TOPIC, partition, queued, position: 0, lastStable: 99, idleSinceMs: null };
  return at.stage.take([input], LIMITS).length;
}

const codes = (at: OpenStage, partition: number, value: unknown): readonly string[] =>
  at.process({ value, partition }).deadLetters.map(({ code }) => code);

describe('a promise over the partitions of two instances', () => {
  it('holds its events until the other has met it, and its end as well', () => {
    left.process({ value: watermark(NEW_YEAR) });
    talk();
    expect(taken(left, 0, asked(NEW_YEAR + 1))).toBe(0);
    expect(taken(left, 0, end)).toBe(0);
    right.process({ value: watermark(NEW_YEAR), partition: 1 });
    expect(taken(left, 0, asked(NEW_YEAR + 1))).toBe(0);
    talk();
    expect(taken(left, 0, asked(NEW_YEAR + 1), end)).toBe(2);
  });

  it('holds what is more than max_skew ahead of what the other has fetched', () => {
    left.process({ value: watermark(NEW_YEAR) });
    right.process({ value: watermark(NEW_YEAR), partition: 1 });
    talk();
    const ahead = [asked(NEW_YEAR + 10 * MINUTE), asked(NEW_YEAR + 10 * MINUTE + 1)];
    expect(taken(left, 0, ...ahead)).toBe(1);
    taken(right, 1, asked(NEW_YEAR + 5), asked(NEW_YEAR + MINUTE), end);
    right.process({ value: asked(NEW_YEAR + 5), partition: 1 });
    talk();
    expect(taken(left, 0, ...ahead)).toBe(2);
  });

  it('never has both wait for each other, however late the last of what they have fetched', () => {
    left.process({ value: watermark(NEW_YEAR) });
    right.process({ value: watermark(NEW_YEAR), partition: 1 });
    const held = [asked(NEW_YEAR + 100 * MINUTE), asked(NEW_YEAR + 1)];
    taken(left, 0, ...held);
    taken(right, 1, ...held);
    left.wakeFor(1, null);
    right.wakeFor(1, null);
    talk();
    expect([taken(left, 0, ...held), taken(right, 1, ...held)]).toEqual([2, 2]);
  });

  it('waits no longer for a part that is over', () => {
    left.process({ value: watermark(NEW_YEAR) });
    right.process({ value: watermark(NEW_YEAR), partition: 1 }, { value: end, partition: 1 });
    talk();
    expect(taken(left, 0, asked(NEW_YEAR + 300 * MINUTE))).toBe(1);
  });

  it('goes on where the partition goes, whoever noted what', async () => {
    left.process({ value: watermark(NEW_YEAR) });
    right.process({ value: watermark(NEW_YEAR + 5), partition: 1 });
    talk();
    left.open(1, right.marker(1));
    expect(taken(left, 0, asked(NEW_YEAR + 1))).toBe(1);
    expect(codes(left, 1, watermark(NEW_YEAR + 9))).toEqual([]);
  });

  it('is noted only when there is something new, and not at all without a promise', () => {
    left.process({ value: asked(NEW_YEAR) });
    talk();
    expect(right.progress.reached(0, 'p1')).toBe(-Infinity);
    const { records } = left.process({ value: watermark(NEW_YEAR) });
    expect(records.filter(({ topic }) => topic === 'rides.control')).toHaveLength(1);
    expect(left.wakeFor(3, null)).toEqual([]);
    const again = left.process({ value: asked(NEW_YEAR) });
    expect(again.records.filter(({ topic }) => topic === 'rides.control')).toEqual([]);
  });
});

describe('a promise of which a partition of another instance is silent', () => {
  const bothMeet = (): void => {
    left.process({ value: watermark(NEW_YEAR) });
    right.process({ value: watermark(NEW_YEAR), partition: 1 });
    talk();
  };

  it('is dropped by the one that sees the silence, and then by the others', () => {
    bothMeet();
    right.wakeFor(30, 0);
    expect([left.dropped, right.dropped]).toEqual([[], [{ id: 'p1', partition: 1 }]]);
    talk();
    expect(left.wakeFor(1, null).map(({ promise }) => promise?.id)).toEqual(['p1', undefined]);
    expect(left.dropped).toEqual([{ id: 'p1', partition: 1 }]);
    expect(codes(left, 0, watermark(NEW_YEAR + 1))).toEqual(['PROMISE_REUSED']);
    talk();
    right.wakeFor(100, 0);
    expect(right.dropped).toHaveLength(1);
  });

  it('is dropped where it never came to, though nobody who has met it owns that partition', () => {
    left.process({ value: watermark(NEW_YEAR) });
    talk();
    right.wakeFor(29, 0);
    expect(right.dropped).toEqual([]);
    right.wakeFor(1, 0);
    talk();
    left.wakeFor(1, null);
    expect(left.dropped).toEqual([{ id: 'p1', partition: 1 }]);
    expect(codes(right, 1, watermark(NEW_YEAR))).toEqual(['PROMISE_REUSED']);
  });

  it('is dropped where another promise keeps it out, and leaves that one alone', () => {
    const other = watermark(NEW_YEAR, { promise: 'p2', partitions: [1] });
    left.process({ value: watermark(NEW_YEAR) });
    right.process({ value: other, partition: 1 });
    talk();
    right.wakeFor(30, null);
    talk();
    left.wakeFor(1, null);
    expect(left.dropped).toEqual([{ id: 'p1', partition: 1 }]);
    expect(codes(right, 1, other)).toEqual([]);
  });

  it('is not dropped by an end in good order', () => {
    bothMeet();
    right.process({ value: end, partition: 1 });
    talk();
    left.wakeFor(100, null);
    expect(left.dropped).toEqual([]);
  });

  it('is dropped where the partition does not exist', () => {
    left.progress.inputPartitions = 1;
    left.process({ value: watermark(NEW_YEAR) });
    left.wakeFor(29, null);
    expect(left.dropped).toEqual([]);
    left.wakeFor(1, null);
    expect(left.dropped).toEqual([{ id: 'p1', partition: 1 }]);
  });

  it('comes back with the batch that dropped it, and is then noted again', () => {
    left.process({ value: watermark(NEW_YEAR) });
    const again = [watermark(NEW_YEAR + 1), watermark(NEW_YEAR + 1)].map((value) => {
      const before = left.states.get(0)?.savepoint() as number;
      const output = left.stage.process([rideRecord({ value })]);
      left.states.get(0)?.rollback(before);
      return output.records.filter(({ topic }) => topic === 'rides.control').length;
    });
    expect(again).toEqual([1, 1]);
  });
});

describe('a silent promise', () => {
  it('is seen before it is dropped', () => {
    left.process({ value: watermark(NEW_YEAR, { partitions: [0] }) });
    left.wakeFor(12, left.clock.elapsed());
    expect(left.silent).toEqual([{ id: 'p1', partition: 0, silentMs: 12_000 }]);
    left.wakeFor(1, null);
    expect(left.silent).toEqual([]);
  });
});
