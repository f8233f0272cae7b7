import { NO_HEADERS } from '@millrace/records';
import { describe, expect, it } from 'vitest';

import type { PartitionBounds, RecordSource } from '../ports/record-source.ts';
import { InputLane } from './input-lane.ts';
import { jumpIntoRange } from './jump-into-range.ts';

const AT = { topic: 't', partition: 0 };

function laneAt(offset: number): InputLane {
  return new InputLane(AT, offset, offset);
}

/** Finds the ends of a log, and tells of it when something has happened meanwhile. */
function sourceOf(bounds: PartitionBounds, meanwhile: () => void = () => undefined): Pick<RecordSource, 'bounds'> {
  return {
    bounds: async () => {
      await Promise.resolve();
      meanwhile();
      return new Map([['t/0', bounds]]);
    },
  };
}

async function jumped(lane: InputLane, source: Pick<RecordSource, 'bounds'>, to: 'earliest' | 'latest') {
  await jumpIntoRange(source as RecordSource, [lane], to);
  return lane.fetchFrom;
}

describe('a lane outside the log', () => {
  it.each([
    ['before its beginning', 3, 'earliest', 10],
    ['before its beginning', 3, 'latest', 20],
    ['behind its end', 30, 'earliest', 10],
    ['behind its end', 30, 'latest', 20],
  ] as const)('%s (%i) goes on at the %s offset, %i', async (_, offset, to, expected) => {
    expect(await jumped(laneAt(offset), sourceOf({ first: 10, lastStable: 20 }), to)).toBe(expected);
  });

  it.each([10, 15, 20])('is none at %i of 10 to 20', async (offset) => {
    expect(await jumped(laneAt(offset), sourceOf({ first: 10, lastStable: 20 }), 'earliest')).toBe(offset);
  });

  it.each(['earliest', 'latest'] as const)(
    'is none that has read past the end while it was looked up (%s)',
    async (to) => {
      const lane = laneAt(18);
      const source = sourceOf({ first: 10, lastStable: 20 }, () => {
        const record = { ...AT, offset: 24, timestamp: 0, key: null, value: null, headers: NO_HEADERS };
        lane.push({ ...AT, records: [record], next: 25, lastStable: 25, bytes: 1, wireBytes: 1 });
      });
      expect(await jumped(lane, source, to)).toBe(25);
      expect(lane.queued).toHaveLength(1);
    },
  );
});
