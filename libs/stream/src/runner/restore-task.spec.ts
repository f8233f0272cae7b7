import { NO_HEADERS, type InboundRecord } from '@millrace/records';
import { describe, expect, it } from 'vitest';

import type { PartitionBounds, RecordSource } from '../ports/record-source.ts';
import type { TaskState } from '../stage.ts';
import { restoreRanges } from './restore-task.ts';

const AT = { topic: 't', partition: 0 };
const RANGE = { ...AT, from: 3, to: 7, skipped: [] };

/** A log that holds every offset of its bounds. */
function sourceOf(bounds: PartitionBounds): RecordSource {
  const record = (offset: number): InboundRecord => ({
    ...AT,
    offset,
    timestamp: 0,
    key: null,
    value: null,
    headers: NO_HEADERS,
  });
  return {
    bounds: async () => new Map([['t/0', bounds]]),
    offsetsAt: async () => new Map(),
    fetch: async ([at]) => {
      const offset = at?.offset ?? 0;
      if (offset >= bounds.lastStable) throw new Error(`waits for ${offset} without end`);
      return [{ ...AT, records: [record(offset)], next: offset + 1, ...bounds, bytes: 1, wireBytes: 1 }];
    },
    close: async () => undefined,
  };
}

async function restored(bounds: PartitionBounds, onGap?: () => void): Promise<readonly number[]> {
  const offsets: number[] = [];
  const state = {
    restore: (records: readonly InboundRecord[]) => void offsets.push(...records.map(({ offset }) => offset)),
    restored: () => undefined,
  } as unknown as TaskState;
  const options = { source: sourceOf(bounds), state, ranges: [RANGE], task: { closed: false } };
  await restoreRanges(onGap ? { ...options, onGap } : options);
  return offsets;
}

describe('a state that is restored', () => {
  it('is made of its range, whatever else the log holds', async () => {
    expect(await restored({ first: 0, lastStable: 9 })).toEqual([3, 4, 5, 6]);
    expect(await restored({ first: 3, lastStable: 7 })).toEqual([3, 4, 5, 6]);
  });

  it('is refused where the log begins later, unless somebody agreed to what is left', async () => {
    await expect(restored({ first: 5, lastStable: 9 })).rejects.toMatchObject({ code: 'STATE_GAP' });
    expect(await restored({ first: 5, lastStable: 9 }, () => undefined)).toEqual([5, 6]);
  });

  it('is not waited for where the log has lost its end', async () => {
    const lost = { code: 'STATE_GAP', detail: expect.stringContaining('ends at offset 7, the log at 6') };
    await expect(restored({ first: 0, lastStable: 6 })).rejects.toMatchObject(lost);
    expect(await restored({ first: 0, lastStable: 6 }, () => undefined)).toEqual([3, 4, 5]);
  });
});
