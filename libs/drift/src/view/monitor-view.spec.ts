import { beforeEach, describe, expect, it } from 'vitest';

import { assertWatched, openIncident } from './assert-known.ts';
import type { AlertNote, LedgerNote, WindowNote } from './ledger-notes.ts';
import { MonitorView } from './monitor-view.ts';

const OPENED_AT = Date.parse('2026-03-02T00:00:00Z');

function alert(id: string, event: AlertNote['event'], end = '2026-03-02T00:00:00Z'): AlertNote {
  return {
    id,
    group: 'g',
    signal: 'x',
    model: 'm',
    version: '1',
    variant: 'champion',
    feature_set: 'abc',
    event,
    severity: 'info',
    opened_at: '2026-03-02T00:00:00Z',
    onset: '2026-03-01T00:00:00Z',
    effect: 0.3,
    floor: 0.1,
    psi: 0.31,
    null_quantile: 0.01,
    rows: 500,
    moved: [],
    window: { start: '2026-03-01T00:00:00Z', end },
  };
}

describe('the view of the monitor’s topics', () => {
  let view: MonitorView;
  beforeEach(() => {
    view = new MonitorView('abc');
  });

  const bytes = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));
  const tell = (...alerts: readonly AlertNote[]): void => alerts.forEach((one) => view.applyAlert(bytes(one)));
  const closed = (number: number, more: Partial<WindowNote> = {}): void => {
    const note = {
      subject: 'rows',
      version: '1',
      variant: 'champion',
      start: '',
      end: `end ${number}`,
      rows: 9,
      judged: true,
    };
    view.applyLedger(
      `monitor/abc/window/rows/1/champion/${number % 3}`,
      bytes({ ...note, signals: {}, counts: [], ...more }),
    );
  };
  const ledger = (acknowledged?: { by: string; at: number }, featureSet = 'abc'): void => {
    const incident = {
      openedAt: OPENED_AT,
      onset: 0,
      alertedEffect: 0.3,
      alertedAt: 0,
      alerts: 1,
      ...(acknowledged && { acknowledged }),
    };
    const note: LedgerNote = {
      progress: [
        [0, 7000],
        [1, 5000],
      ],
      watches: [['["1","champion"]', [['x', { state: 'open', logM: 9, onset: 0, exceeded: [], incident }]]]],
      silences: [{ signal: 'x', by: 'ada', until: 9000, forMs: 4000 }],
    };
    view.applyLedger(`monitor/${featureSet}`, bytes(note));
  };

  it('knows nothing before it is told anything', () => {
    expect([view.horizon, view.streams, view.silences, view.incidents]).toEqual([null, [], [], []]);
  });

  it('has states, silences and progress of its own feature set, from the newest ledger', () => {
    ledger(undefined, 'another');
    expect(view.streams).toEqual([]);
    ledger();
    expect(view.horizon).toBe(5000);
    expect(view.streams[0]?.watches.get('x')?.state).toBe('open');
    expect(view.silences).toEqual([{ signal: 'x', by: 'ada', until: 9000, forMs: 4000 }]);
  });

  it('has the windows that are kept, in the order in which they closed', () => {
    for (const number of [0, 1, 2, 3]) closed(number);
    closed(4, { version: '2' });
    closed(5, { subject: 'labels' });
    expect(view.windows('1', 'champion').map(({ end }) => end)).toEqual(['end 3']);
    expect(view.windows('2', 'champion').map(({ end }) => end)).toEqual(['end 4']);
    expect(view.windows('1', 'champion', 'labels').map(({ end }) => end)).toEqual(['end 5']);
    expect([view.subjects('1', 'champion'), view.subjects('2', 'champion')]).toEqual([['rows', 'labels'], ['rows']]);
    closed(6);
    closed(7);
    expect(view.windows('1', 'champion').map(({ end }) => end)).toEqual(['end 6', 'end 7']);
    view.applyLedger('monitor/abc/window/rows/1/champion/0', null);
    expect(view.windows('1', 'champion').map(({ end }) => end)).toEqual(['end 7']);
  });

  it('tells an incident by its alerts, each once, the newest incident first', () => {
    const worsened = alert('a', 'worsened', '2026-03-03T00:00:00Z');
    tell(alert('a', 'opened'), alert('b', 'opened'), worsened, worsened);
    expect(view.incidents.map(({ id }) => id)).toEqual(['b', 'a']);
    expect(view.incident('a')).toMatchObject({ state: 'open', resolved_at: null });
    expect(view.incident('a')?.alerts.map(({ event }) => event)).toEqual(['opened', 'worsened']);
    tell(alert('a', 'resolved', '2026-03-04T00:00:00Z'));
    expect(view.incident('a')).toMatchObject({ state: 'resolved', resolved_at: '2026-03-04T00:00:00Z' });
  });

  it('knows an incident by what the ledger keeps of it, in whatever order that and the alerts come, and where these are gone', () => {
    const [opened, worsened] = [alert('a', 'opened'), alert('a', 'worsened', '2026-03-03T00:00:00Z')];
    const resolved = alert('a', 'resolved', '2026-03-04T00:00:00Z');
    view.applyLedger('monitor/abc/incident/7/latest', bytes(resolved));
    view.applyLedger('monitor/abc/incident/7/first', bytes(opened));
    view.applyLedger('monitor/another/incident/7/first', bytes(alert('b', 'opened')));
    expect(view.incidents.map(({ id }) => id)).toEqual(['a']);
    expect(view.incident('a')).toMatchObject({ state: 'resolved', resolved_at: '2026-03-04T00:00:00Z' });
    tell(opened, worsened, resolved);
    expect(view.incident('a')?.alerts.map(({ event }) => event)).toEqual(['opened', 'worsened', 'resolved']);
    expect(view.incident('a')?.state).toBe('resolved');
  });

  it('keeps the newest 1000 incidents', () => {
    for (let i = 0; i < 1005; i++) tell(alert(`i${i}`, 'opened'));
    expect([view.incidents.length, view.incident('i4'), view.incident('i5')?.id]).toEqual([1000, null, 'i5']);
  });

  it('knows who has acknowledged an incident: from the ledger while it is open, then from what was told', () => {
    tell(alert('a', 'opened'));
    ledger();
    const of = () => view.acknowledgedOf(openIncident(view, 'a'));
    expect(of()).toBeNull();
    ledger({ by: 'ada', at: 1000 });
    expect(of()).toEqual({ by: 'ada', at: '1970-01-01T00:00:01.000Z' });
    tell({ ...alert('a', 'resolved', '2026-03-04T00:00:00Z'), acknowledged: { by: 'bob', at: 'then' } });
    const resolved = view.incident('a');
    expect(resolved && view.acknowledgedOf(resolved)).toEqual({ by: 'bob', at: 'then' });
  });

  it('refuses to acknowledge what is not open, and to silence what is not watched', () => {
    expect(() => openIncident(view, 'a')).toThrow(/found "a"; allowed is the id of an incident/);
    tell(alert('a', 'opened'), alert('a', 'resolved', '2026-03-04T00:00:00Z'));
    expect(() => openIncident(view, 'a')).toThrow(/a is resolved since 2026-03-04/);
    expect(() => assertWatched(view, 'y')).not.toThrow(); // nothing is known yet
    ledger();
    expect(() => assertWatched(view, 'y')).toThrow(/found the signal "y"; allowed is one of the 1 that are watched/);
    expect(() => assertWatched(view, 'x')).not.toThrow();
  });
});
