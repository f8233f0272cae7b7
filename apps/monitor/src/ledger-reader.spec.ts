import { describe, expect, it } from 'vitest';

import { LedgerReader } from './ledger-reader.ts';
import { encodeLedger, NOTHING_MERGED } from './merge-ledger.ts';

const ledger = (offset: number): Buffer => Buffer.from(encodeLedger({ ...NOTHING_MERGED, offset }));

function reading(...found: readonly (Buffer | null)[]): LedgerReader {
  let look = 0;
  return new LedgerReader(async () => found[Math.min(look++, found.length - 1)] ?? null);
}

async function codes(reader: LedgerReader, offset: number, loads: number): Promise<readonly string[]> {
  const told: string[] = [];
  for (let load = 0; load < loads; load++)
    await reader.upTo(offset).then(
      () => told.push('found'),
      ({ code }: { code: string }) => told.push(code),
    );
  return told;
}

describe('the ledger that a commit speaks of', () => {
  it.each([
    ['is not to be seen yet', null],
    ['is not to be seen yet, and the one before is', ledger(4)],
    ['has been followed by another, of somebody who took over meanwhile', ledger(9)],
  ])('is read again, with the commit, where it %s', async (_, other) => {
    const reader = reading(other, other, ledger(7));
    expect(await codes(reader, 7, 3)).toEqual(['LOG_UNAVAILABLE', 'LOG_UNAVAILABLE', 'found']);
  });

  it('is missed for good where it does not come', async () => {
    const told = await codes(reading(ledger(4)), 7, 30);
    expect([new Set(told.slice(0, -1)), told.at(-1)]).toEqual([new Set(['LOG_UNAVAILABLE']), 'STATE_GAP']);
    await expect(reading(null).upTo(7)).rejects.toMatchObject({
      detail: expect.stringContaining('the log holds none'),
    });
  });

  it('may be missed again after it was found', async () => {
    const reader = reading(...Array<Buffer>(29).fill(ledger(4)), ledger(7), ledger(4));
    expect((await codes(reader, 7, 31)).slice(28)).toEqual(['LOG_UNAVAILABLE', 'found', 'LOG_UNAVAILABLE']);
  });
});
