import { describe, expect, it } from 'vitest';

import { formatDuration, formatSize, parseDuration, parseSize } from './quantity.ts';

describe('durations and sizes', () => {
  it('reads each unit', () => {
    expect(['250ms', '30s', '5m', '1h', '7d', '0s'].map(parseDuration)).toEqual([
      250, 30_000, 300_000, 3_600_000, 604_800_000, 0,
    ]);
    expect(['1B', '64kB', '256MB', '2GB'].map(parseSize)).toEqual([1, 65_536, 268_435_456, 2_147_483_648]);
  });

  it('takes nothing else', () => {
    expect(['', '5', 'm', '-1s', '1.5h', '1 h', '1H', '1w', '1kB', '5m '].map(parseDuration)).toEqual(
      Array(10).fill(null),
    );
    expect(['64', '64KB', '64kb', '1m'].map(parseSize)).toEqual([null, null, null, null]);
  });

  it('writes the shortest exact spelling', () => {
    expect([250, 90_000, 5_400_000, 86_400_000, 0].map(formatDuration)).toEqual(['250ms', '90s', '90m', '1d', '0ms']);
    expect([512, 524_288, 16_777_216].map(formatSize)).toEqual(['512B', '512kB', '16MB']);
  });
});
