import { MOST_INPUT_PARTITIONS } from '@millrace/pipeline';
import { describe, expect, it } from 'vitest';

import { ScriptedPartition } from '../testing/scripted-partition.ts';
import { smallPlan } from '../testing/small-plan.ts';
import { clock } from '../testing/stage-records.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = 1767225600000;
/** What a marker has room for, less what the engine itself may write into it. */
const ROOM_BYTES = 2800;
const PLAN = smallPlan({
  features: [{ from: 'sale', by: ['user'], over: 30 * DAY, take: 'count', resolution: HOUR }],
});

describe('the marker of a keyed partition', () => {
  it('has room for the clocks of as many input partitions as are allowed, all under a promise, and notes of the horizon', () => {
    const partition = new ScriptedPartition(PLAN, 0);
    const partitions = Array.from({ length: MOST_INPUT_PARTITIONS }, (_, input) => input);
    const promise = { id: 'p'.repeat(128), partitions };
    // inputs that join, each far behind where the horizon stands by then: as many notes as are kept
    for (const input of partitions) {
      partition.take(null, clock(NOW - 29 * DAY, null, input));
      for (const before of partitions.slice(0, input + 1)) partition.take(null, clock(NOW + input * 977, null, before));
    }
    // two days apart
    for (const input of partitions) partition.take(null, clock(NOW - input * 1_080_007, promise, input));
    expect(partition.state.marker().body.length).toBeLessThan(ROOM_BYTES);
  });
});
