import { expect, it } from 'vitest';

import { restoresBetween } from './restores.ts';

const line = (time: string, records: number, took_ms: number): string =>
  JSON.stringify({ level: 'info', time, records, took_ms, msg: 'state of 0/1 restored' });
const FIRST = [line('2026-01-01T00:00:10.000Z', 5, 30), 'ready', line('2026-01-01T00:00:11.000Z', 7, 20)].join('\n');
const SECOND = [line('2026-01-01T00:00:11.500Z', 1, 10), line('2026-01-01T00:00:20.000Z', 100, 900)].join('\n');

it('adds up the records that all instances restored in a span of time, side by side', () => {
  const [from, to] = [Date.parse('2026-01-01T00:00:10Z'), Date.parse('2026-01-01T00:00:20Z')];
  expect(restoresBetween([FIRST, SECOND], from, to)).toEqual({ records: 13, ms: 30 });
});
