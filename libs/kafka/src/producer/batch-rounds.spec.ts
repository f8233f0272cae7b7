import type { OutboundRecord } from '@millrace/records';
import { describe, expect, it } from 'vitest';

import { BufferPool } from '../wire/buffer-pool.ts';
import { batchRounds, releaseBatches } from './batch-rounds.ts';

const MAX_MESSAGE_BYTES = 1_048_588;
const record = (
  partition: number,
  value: string | Uint8Array,
  extra: Partial<OutboundRecord> = {},
): OutboundRecord => ({
  topic: 't',
  partition,
  key: null,
  value,
  ...extra,
});

describe('the rounds of a produce', () => {
  it('have one batch per partition each, below what a broker takes, and keep the order', () => {
    const records = Array.from({ length: 3000 }, (_, i) =>
      record(i % 3 === 0 ? 0 : 1, `${i} ${'é'.repeat(i % 1000)}`, { headers: [['h', Buffer.alloc(50)]] }),
    );
    const rounds = batchRounds(records, 0);
    expect(rounds.length).toBeGreaterThan(1);
    for (const round of rounds) {
      expect(new Set(round.map(({ partition }) => partition)).size).toBe(round.length);
      for (const { writer } of round) expect(writer.bytes).toBeLessThan(MAX_MESSAGE_BYTES);
    }
    for (const partition of [0, 1]) {
      const sent = rounds.flatMap((round) =>
        round.filter((batch) => batch.partition === partition).flatMap((batch) => batch.records),
      );
      expect(sent).toEqual(records.filter((one) => one.partition === partition));
    }
  });

  it('put a record that is too large into a batch of its own, for the broker to refuse', () => {
    const rounds = batchRounds([record(0, 'small'), record(0, Buffer.alloc(3 << 20)), record(0, 'small')], 0);
    expect(rounds.map((round) => round.map(({ records }) => records.length))).toEqual([[1], [1], [1]]);
  });

  it('give their memory to the next ones when they are answered', () => {
    const pool = new BufferPool(1 << 20);
    const rounds = batchRounds([record(0, 'a'.repeat(9000)), record(1, 'b')], 0, pool);
    releaseBatches(rounds);
    const kept = pool.keptBytes;
    expect(kept).toBeGreaterThan(9000);
    batchRounds([record(0, 'c'.repeat(9000))], 0, pool);
    expect(pool.keptBytes).toBeLessThan(kept);
  });

  it('are none without records', () => {
    expect(batchRounds([], 0)).toEqual([]);
  });
});
