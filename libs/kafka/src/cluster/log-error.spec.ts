import { AppError } from '@millrace/core';
import { describe, expect, it } from 'vitest';

import { ProtocolError } from '../requests/protocol-error.ts';
import { logError } from './log-error.ts';

describe("a broker's error", () => {
  it.each([
    [22, 'REBALANCED'],
    [25, 'REBALANCED'],
    [27, 'REBALANCED'],
    [82, 'INSTANCE_FENCED'],
    [47, 'PRODUCER_FENCED'],
    [90, 'PRODUCER_FENCED'],
    [10, 'RECORD_REFUSED'],
    [87, 'RECORD_REFUSED'],
    [12, 'MARKER_TOO_LARGE'],
    [29, 'LOG_UNREACHABLE'],
    [6, 'LOG_UNAVAILABLE'],
    [120, 'LOG_UNAVAILABLE'],
    [9999, 'LOG_UNAVAILABLE'],
  ])('%i means %s', (code, expected) => {
    const failure = logError(new ProtocolError(code), 'doing something');
    expect(failure.code).toBe(expected);
    expect(failure.detail).toMatch(/^doing something: /);
  });

  it('that is already understood stays what it is, and a lost connection is a passing one', () => {
    const known = new AppError('TOPIC_MISSING', 'there is no t/0');
    expect(logError(known, 'fetching')).toBe(known);
    expect(logError(new Error('read ECONNRESET'), 'fetching').class).toBe('retry');
  });

  it('has a name for codes that the client does not know', () => {
    expect([89, 90, 120].map((code) => new ProtocolError(code).type)).toEqual([
      'THROTTLING_QUOTA_EXCEEDED',
      'PRODUCER_FENCED',
      'TRANSACTION_ABORTABLE',
    ]);
  });
});
