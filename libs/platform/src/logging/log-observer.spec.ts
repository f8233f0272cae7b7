import { AppError } from '@millrace/core';
import { ManualClock } from '@millrace/core/testing';
import type { DeadLetter, InboundRecord, RecordTrace } from '@millrace/records';
import { describe, expect, it } from 'vitest';

import { LogObserver } from './log-observer.ts';
import { ServiceLogger } from './service-logger.ts';

const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
const TRACE: RecordTrace = { traceparent: `00-${TRACE_ID}-b7ad6b7169203331-01`, eventId: 'e1' };

function record(offset: number, traced: boolean): InboundRecord {
  const plain = { topic: 't', partition: 0, offset, timestamp: 0, key: null, value: null, headers: [] };
  return traced ? { ...plain, trace: { ...TRACE } } : plain;
}

function letter(code: string, offset: number, known: Partial<DeadLetter> = {}): DeadLetter {
  const place = { topic: 'p.events', partition: 2, offset, attempts: 0 };
  return {
    stage: 'ingest',
    code,
    reason: 'found the secret 4711',
    ...place,
    key: Buffer.from('secret'),
    value: Buffer.from('secret'),
    ...known,
  };
}

function observer() {
  const lines: Record<string, unknown>[] = [];
  const write = (line: Record<string, unknown>, msg: string): number => lines.push({ ...line, msg });
  const pino = { info: write, warn: write, error: write, debug: write, trace: write, fatal: write };
  const clock = new ManualClock(60_000);
  return { lines, clock, observed: new LogObserver(new ServiceLogger(pino as never), clock) };
}

describe('LogObserver', () => {
  it('says of which trace and event a batch is that fails', () => {
    const { lines, observed } = observer();
    observed.taken([record(1, false), record(2, true)]);
    observed.failed(new AppError('LOG_UNAVAILABLE', 'cut'), 'retry');
    expect(lines).toMatchObject([{ trace_id: TRACE_ID, event_id: 'e1' }]);
  });

  it('says of dead letters how many there are of each code, where the first is, and its trace and event', () => {
    const { lines, observed } = observer();
    const deadLetters = [
      letter('NOT_JSON', 7, { trace: TRACE, eventId: 'e7' }),
      letter('NO_ID', 8),
      letter('NOT_JSON', 9),
    ];
    observed.committed([record(7, false)], { deadLetters });
    expect(lines).toEqual([
      {
        msg: '3 records became dead letters',
        dead_letters: 3,
        codes: { NOT_JSON: 2, NO_ID: 1 },
        first: 'p.events/2@7',
        trace_id: TRACE_ID,
        event_id: 'e7',
      },
    ]);
  });

  it('tells of dead letters every ten seconds, of all that have come since', () => {
    const { lines, clock, observed } = observer();
    for (const offset of [1, 2, 3]) observed.committed([], { deadLetters: [letter('NOT_JSON', offset)] });
    clock.advance(10_000);
    observed.committed([], { deadLetters: [] });
    observed.committed([], { deadLetters: [] });
    expect(lines.map((line) => [line['dead_letters'], line['first']])).toEqual([
      [1, 'p.events/2@1'],
      [2, 'p.events/2@2'],
    ]);
  });

  it('names no trace where none is sampled, nor for what is not of a batch', () => {
    const { lines, observed } = observer();
    observed.taken([record(1, true)]);
    observed.committed([record(1, true)], { deadLetters: [] });
    observed.failed(new AppError('LOG_UNAVAILABLE', 'cut'), 'retry');
    observed.committed([record(2, false)], { deadLetters: [letter('NOT_JSON', 2)] });
    expect(lines.map((line) => 'trace_id' in line)).toEqual([false, false]);
  });
});
