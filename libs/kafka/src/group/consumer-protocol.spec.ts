import { describe, expect, it } from 'vitest';

import { decodeAssignment, decodeSubscription, encodeAssignment, encodeSubscription } from './consumer-protocol.ts';

const PARTITIONS = [
  { topic: 'a', partition: 0 },
  { topic: 'a', partition: 2 },
  { topic: 'b', partition: 0 },
];

describe('what members tell each other', () => {
  it('is what they subscribe to and what they had', () => {
    const given = { topics: ['a', 'b'], owned: PARTITIONS };
    expect(decodeSubscription(encodeSubscription(given))).toEqual(given);
  });

  it('may come from a member that says nothing of what it had (version 0)', () => {
    const bytes = Buffer.from('0000' + '00000001' + '000161' + 'ffffffff', 'hex');
    expect(decodeSubscription(bytes)).toEqual({ topics: ['a'], owned: [] });
  });

  it('is an assignment, or nothing', () => {
    const given = { partitions: PARTITIONS, counts: new Map([['a', 3]]) };
    expect(decodeAssignment(encodeAssignment(given))).toEqual(given);
    expect(decodeAssignment(Buffer.alloc(0))).toEqual({ partitions: [], counts: new Map() });
  });

  it('has the bytes that every consumer knows', () => {
    const partitions = '0001' + '00000001' + '000161' + '00000002' + '00000000' + '00000002';
    const userData = '0000000b' + '00000001' + '000161' + '00000003';
    const given = { partitions: PARTITIONS.slice(0, 2), counts: new Map([['a', 3]]) };
    expect(encodeAssignment(given).toString('hex')).toBe(partitions + userData);
    const another = Buffer.from(partitions + 'ffffffff', 'hex');
    expect(decodeAssignment(another)).toEqual({ partitions: given.partitions, counts: new Map() });
  });
});
