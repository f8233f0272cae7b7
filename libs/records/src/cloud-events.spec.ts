import { describe, expect, it } from 'vitest';

import { cloudEventHeaders, rfc3339 } from './cloud-events.ts';

describe('rfc3339', () => {
  it('writes milliseconds only where there are some', () => {
    expect(rfc3339(1384271940000)).toBe('2013-11-12T15:59:00Z');
    expect(rfc3339(1384271940007)).toBe('2013-11-12T15:59:00.007Z');
  });
});

describe('cloudEventHeaders', () => {
  it('names every context attribute that CloudEvents requires, and the time', () => {
    const headers = cloudEventHeaders({ type: 'millrace.prediction', source: '/millrace/flights', id: 'é-1', atMs: 0 });
    expect(headers.map(([name, value]) => `${name}=${String(value)}`)).toEqual([
      'ce_specversion=1.0',
      'ce_type=millrace.prediction',
      'ce_source=/millrace/flights',
      'ce_id=é-1',
      'ce_time=1970-01-01T00:00:00Z',
      'content-type=application/json',
    ]);
  });
});
