import type { IncidentEvent } from '@millrace/drift';
import { describe, expect, it } from 'vitest';

import { keepAlert, NO_INCIDENTS, type IncidentRing } from './incident-ring.ts';

const TO = { topic: 'p.ledger', key: 'monitor/abc' };

/** The keys that are written, after `monitor/abc/incident/`, and the ring behind them. */
function keep(ring: IncidentRing, id: string, event: IncidentEvent) {
  const kept = keepAlert(ring, { topic: 'p.alerts', partition: 0, key: id, value: `${id} ${event}` }, event, TO);
  const written = kept.records.map(({ topic, key, value }) => [topic, String(key).split('/incident/')[1], value]);
  return { ring: kept.ring, written };
}

function opened(count: number, before: IncidentRing = NO_INCIDENTS): IncidentRing {
  return Array.from({ length: count }, (_, i) => `i${i}`).reduce((ring, id) => keep(ring, id, 'opened').ring, before);
}

describe('the ring of incidents', () => {
  it('keeps the first and the latest alert of each at a place of its own', () => {
    const first = keep(NO_INCIDENTS, 'a', 'opened');
    expect(first.written).toEqual([
      ['p.ledger', '0/first', 'a opened'],
      ['p.ledger', '0/latest', 'a opened'],
    ]);
    const second = keep(first.ring, 'b', 'opened');
    expect(second.written.map(([, key]) => key)).toEqual(['1/first', '1/latest']);
    const worse = keep(second.ring, 'a', 'worsened');
    expect(worse.written).toEqual([['p.ledger', '0/latest', 'a worsened']]);
    const over = keep(worse.ring, 'a', 'resolved');
    expect(over.written).toEqual([['p.ledger', '0/latest', 'a resolved']]);
    expect(over.ring.places).toEqual([['b', 1]]);
  });

  it('uses the place of the oldest again after 1000, but not that of one that is open', () => {
    const resolved = Array.from({ length: 1000 }, (_, i) => `i${i}`)
      .filter((id) => id !== 'i0')
      .reduce((ring, id) => keep(ring, id, 'resolved').ring, opened(1000));
    expect(resolved.places).toEqual([['i0', 0]]);
    expect(keep(resolved, 'new', 'opened').written.map(([, key]) => key)).toEqual(['1/first', '1/latest']);
  });

  it('keeps nothing more where 1000 are open at once, and does not hang', () => {
    const full = opened(1000);
    expect(keep(full, 'new', 'opened')).toEqual({ ring: full, written: [] });
    expect(keep(full, 'i5', 'worsened').written.map(([, key]) => key)).toEqual(['5/latest']);
  });
});
