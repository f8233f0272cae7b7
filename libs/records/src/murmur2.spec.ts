import { describe, expect, it } from 'vitest';

import { eventKeyPartition } from './event-key-partition.ts';
import { murmur2 } from './murmur2.ts';

describe('murmur2', () => {
  it("agrees with Kafka's own vectors", () => {
    const vectors = {
      '21': -973932308,
      foobar: -790332482,
      'a-little-bit-long-string': -985981536,
      'a-little-bit-longer-string': -1486304829,
      abc: 479470107,
    };
    for (const [text, hash] of Object.entries(vectors)) expect(murmur2(Buffer.from(text))).toBe(hash);
  });
});

describe('eventKeyPartition', () => {
  it('goes by the key, and by the id where there is none', () => {
    expect(eventKeyPartition('foobar', 'x', 7)).toBe((-790332482 & 0x7fffffff) % 7);
    expect(eventKeyPartition(null, 'foobar', 7)).toBe((-790332482 & 0x7fffffff) % 7);
  });
});
