import { AppError } from '@millrace/core';
import { describe, expect, it } from 'vitest';

import { PROTOCOL_ERRORS } from '../requests/protocol-error-table.ts';
import { ProtocolError } from '../requests/protocol-error.ts';
import { logError } from './log-error.ts';

/** Codes whose exception is a RetriableException in kafka-clients 4.3.1. */
const JAVA_RETRIES = [
  2, 3, 5, 6, 7, 9, 13, 14, 15, 16, 19, 20, 41, 51, 56, 70, 71, 72, 74, 75, 78, 80, 83, 84, 88, 89, 100, 103, 106, 122,
  123, 133,
];

const HELPED = [
  'UNKNOWN_SERVER_ERROR',
  'BROKER_NOT_AVAILABLE',
  'STALE_CONTROLLER_EPOCH',
  'OUT_OF_ORDER_SEQUENCE_NUMBER',
  'DUPLICATE_SEQUENCE_NUMBER',
  'OPERATION_NOT_ATTEMPTED',
  'LOG_DIR_NOT_FOUND',
  'UNKNOWN_PRODUCER_ID',
  'REASSIGNMENT_IN_PROGRESS',
  'STALE_BROKER_EPOCH',
  'GROUP_MAX_SIZE_REACHED',
  'INELIGIBLE_REPLICA',
  'NEW_LEADER_ELECTED',
  'OFFSET_MOVED_TO_TIERED_STORAGE',
  'TRANSACTION_ABORTABLE',
  'REBOOTSTRAP_REQUIRED',
];

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
    [29, 'RIGHTS_MISSING'],
    [53, 'RIGHTS_MISSING'],
    [23, 'LOG_REFUSES'],
    [35, 'LOG_REFUSES'],
    [44, 'TOPIC_MISMATCH'],
    [2, 'LOG_UNAVAILABLE'],
    [20, 'LOG_UNAVAILABLE'],
    [56, 'LOG_UNAVAILABLE'],
    [59, 'LOG_UNAVAILABLE'],
    [89, 'LOG_UNAVAILABLE'],
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

  it('has a name, whichever of Kafka 4.3.1 it is', () => {
    const codes = Object.keys(PROTOCOL_ERRORS).map(Number);
    expect(codes.toSorted((a, b) => a - b)).toEqual([-1, ...Array.from({ length: 133 }, (_, i) => i + 1)]);
  });

  it('is a passing one wherever the Java client takes it for that', () => {
    const notPassing = JAVA_RETRIES.filter((code) => logError(new ProtocolError(code), 'x').class !== 'retry');
    expect(notPassing).toEqual([]);
  });

  it('that the Java client does not retry passes only where a new producer, or a new look, is known to help', () => {
    const passing = Object.keys(PROTOCOL_ERRORS)
      .map(Number)
      .filter((code) => !JAVA_RETRIES.includes(code) && new ProtocolError(code).means === 'LOG_UNAVAILABLE')
      .map((code) => new ProtocolError(code).type);
    expect(passing.toSorted()).toEqual(HELPED.toSorted());
  });
});
