import type { InboundRecord } from '@millrace/records';
import { beforeEach, describe, expect, it } from 'vitest';

import { InputLane } from './input-lane.ts';
import type { LaneCommit } from './lane-commit.ts';

const record = (offset: number): InboundRecord => ({
  topic: 't',
  partition: 0,
  offset,
  timestamp: 1000 + offset,
  key: null,
  value: null,
  headers: [],
});
const commitTo = (offset: number): LaneCommit => ({ offset, number: 1, tries: null, skipped: [] });

describe('the lag of a lane', () => {
  let lane: InputLane;

  beforeEach(() => {
    lane = new InputLane({ topic: 't', partition: 0 }, 0, 0);
  });

  const fetch = (from: number, to: number, lastStable: number): void => {
    const records = Array.from({ length: to - from }, (_, i) => record(from + i));
    lane.push({ topic: 't', partition: 0, records, next: to, lastStable, bytes: 1, wireBytes: 1 });
  };

  it('counts what is not handed over, fetched or not, and tells the timestamp of the oldest', () => {
    fetch(0, 3, 5);
    expect(lane.lag).toEqual({ topic: 't', partition: 0, records: 5, oldestMs: 1000 });
  });

  it('goes on from the oldest that is handed over, until that is committed', () => {
    fetch(0, 3, 3);
    lane.shift(1);
    lane.shift(1);
    expect(lane.lag).toMatchObject({ records: 1, oldestMs: 1000 });
    lane.acknowledge(commitTo(2));
    expect(lane.lag).toMatchObject({ records: 1, oldestMs: 1002 });
  });

  it('is none when all is committed', () => {
    fetch(0, 1, 1);
    lane.shift(1);
    lane.acknowledge(commitTo(1));
    expect(lane.lag).toMatchObject({ records: 0, oldestMs: null });
  });

  it('does not know how old a record is that is not fetched', () => {
    fetch(0, 0, 2);
    expect(lane.lag).toMatchObject({ records: 2, oldestMs: null });
  });

  it('begins again where it is rewound', () => {
    fetch(0, 2, 2);
    lane.shift(2);
    lane.rewind();
    expect(lane.lag).toMatchObject({ records: 2, oldestMs: null });
  });
});
