import { AppError } from '@millrace/core';
import { NO_HEADERS, type InboundRecord } from '@millrace/records';
import { describe, expect, it } from 'vitest';

import { Caution } from './caution.ts';

const REFUSED = new AppError('RECORD_REFUSED', 'too large');
const at = (partition: number, offset: number): InboundRecord => {
  return { topic: 't', partition, offset, timestamp: 0, key: null, value: null, headers: NO_HEADERS };
};

describe('Caution', () => {
  it('halves what is refused, until a record that is refused alone is given up', () => {
    const caution = new Caution(100);
    expect(caution.limit).toBeNull();
    caution.refused([at(0, 0), at(0, 1), at(0, 2), at(0, 3)], REFUSED);
    expect(caution.limit).toBe(2);
    caution.refused([at(0, 0), at(0, 1)], REFUSED);
    expect(caution.limit).toBe(1);
    expect(caution.verdict([at(0, 0)])).toBeNull();
    expect(caution.refused([at(0, 0)], REFUSED)).toBe(true);
    expect(caution.verdict([at(0, 0)])).toBe(REFUSED);
    expect(caution.refused([at(0, 0)], REFUSED)).toBe(false);
  });

  it('does not grow back before what was refused has been passed, whatever else commits', () => {
    const caution = new Caution(100);
    caution.refused([at(1, 7), at(3, 20)], REFUSED);
    for (let offset = 20; offset < 30; offset++) caution.committed([at(3, offset)]);
    expect(caution.limit).toBe(1);
    caution.refused([at(1, 7)], REFUSED);
    caution.committed([at(3, 30)]);
    expect(caution.limit).toBe(1);
    caution.committed([at(1, 7)]);
    expect(caution.limit).toBe(2);
  });

  it('remembers the culprits of several partitions until each has had its turn', () => {
    const caution = new Caution(100);
    caution.refused([at(0, 5), at(1, 5)], REFUSED);
    caution.refused([at(0, 5)], REFUSED);
    caution.refused([at(1, 5)], REFUSED);
    expect([caution.verdict([at(0, 5)]), caution.verdict([at(1, 5)])]).toEqual([REFUSED, REFUSED]);
    caution.committed([at(0, 5)]);
    expect([caution.limit, caution.verdict([at(1, 5)])]).toEqual([1, REFUSED]);
    caution.committed([at(1, 5)]);
    expect([caution.limit, caution.verdict([at(1, 5)])]).toEqual([2, null]);
  });

  it('grows back to no bound at all', () => {
    const caution = new Caution(4);
    caution.refused([at(0, 0), at(0, 1)], REFUSED);
    for (const offset of [0, 1, 2, 3]) caution.committed([at(0, offset)]);
    expect(caution.limit).toBeNull();
  });

  it('forgets what went to another instance', () => {
    const caution = new Caution(100);
    caution.refused([at(0, 5)], REFUSED);
    caution.keepTo([{ topic: 't', partition: 1 }]);
    expect(caution.verdict([at(0, 5)])).toBeNull();
    caution.committed([at(1, 9)]);
    expect(caution.limit).toBe(2);
  });
});
