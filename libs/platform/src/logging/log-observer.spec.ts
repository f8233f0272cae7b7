import { AppError } from '@millrace/core';
import { ManualClock } from '@millrace/core/testing';
import type { InboundRecord } from '@millrace/records';
import { describe, expect, it } from 'vitest';

import { LogObserver } from './log-observer.ts';
import { ServiceLogger } from './service-logger.ts';

const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';

function record(offset: number, traced: boolean): InboundRecord {
  const plain = { topic: 't', partition: 0, offset, timestamp: 0, key: null, value: null, headers: [] };
  return traced ? { ...plain, trace: { traceparent: `00-${TRACE_ID}-b7ad6b7169203331-01` } } : plain;
}

function observer() {
  const lines: Record<string, unknown>[] = [];
  const write = (line: Record<string, unknown>): number => lines.push(line);
  const pino = { info: write, warn: write, error: write, debug: write, trace: write, fatal: write };
  return { lines, observed: new LogObserver(new ServiceLogger(pino as never), new ManualClock(60_000)) };
}

describe('LogObserver', () => {
  it('says of which trace a batch is that fails or has dead letters', () => {
    const { lines, observed } = observer();
    const records = [record(1, false), record(2, true)];
    observed.taken(records);
    observed.failed(new AppError('LOG_UNAVAILABLE', 'cut'), 'retry');
    observed.committed(records, { deadLetters: 1 });
    expect(lines.map((line) => line['trace_id'])).toEqual([TRACE_ID, TRACE_ID]);
  });

  it('names no trace where none is sampled, nor for what is not of a batch', () => {
    const { lines, observed } = observer();
    observed.taken([record(1, true)]);
    observed.committed([record(1, true)], { deadLetters: 0 });
    observed.failed(new AppError('LOG_UNAVAILABLE', 'cut'), 'retry');
    observed.committed([record(2, false)], { deadLetters: 1 });
    expect(lines.map((line) => 'trace_id' in line)).toEqual([false, false]);
  });
});
