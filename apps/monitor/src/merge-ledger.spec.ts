import { UNWATCHED } from '@millrace/drift';
import { describe, expect, it } from 'vitest';

import { detectChanges } from './error-detectors.ts';
import { decodeLedger, encodeLedger, NOTHING_MERGED, type MergeLedger } from './merge-ledger.ts';
import type { MergedWindow } from './merged-windows.ts';

const window = (subject: MergedWindow['subject'], start: number): MergedWindow => ({
  subject,
  version: '1',
  variant: 'champion',
  start,
  end: start + 10,
  rows: 3,
  counts: [[1, 2], []],
  blocks: [7],
});

describe("the merge's ledger", () => {
  it('holds all that the merge knows', () => {
    const ledger: MergeLedger = {
      offset: 17,
      windows: { progress: new Map([[0, 5]]), open: [window('rows', 0)], running: [window('rows', 10)] },
      labels: { progress: new Map([[1, 3]]), open: [window('labels', 0)], running: [window('labels', 10)] },
      events: { progress: new Map([[1, 3]]), open: [window('events', 0)], running: [] },
      usual: { from: 4, windows: [[[1], [0, 1]]], floors: { dead_letters: 0.02 } },
      watches: new Map([['["1","champion"]', new Map([['x', { ...UNWATCHED, logM: 0.1 + 0.2 }]])]]),
      turns: new Map([['["1","champion"]', [{ at: 10, stable: false }]]]),
      streams: new Map([['["rows","1","champion"]', { closed: 4, late: 2 }]]),
      incidents: { taken: 3, places: [['a', 2]] },
      silences: [{ signal: 'x', by: 'ada', until: 9000, forMs: 4000 }],
      live: new Map([['2', { rows: 7, from: 10, to: 20, sketches: [[0, 1, 0, 5, 6]], profile: null }]]),
      detectors: new Map([['["1","champion"]', detectChanges(undefined, [3, 97]).detectors]]),
      skew: new Map([['["1","champion"]', { due: { start: 10, end: 20 }, checkedTo: 10 }]]),
    };
    expect(decodeLedger(Buffer.from(encodeLedger(ledger)))).toEqual(ledger);
  });

  it('is read where it is from before there were labels', () => {
    const { subject: _, blocks: __, ...before } = window('rows', 0);
    const written = { format: 1, offset: 9, progress: [[0, 5]], open: [before], running: [], watches: [] };
    expect(decodeLedger(Buffer.from(JSON.stringify(written)))).toEqual({
      ...NOTHING_MERGED,
      offset: 9,
      windows: { progress: new Map([[0, 5]]), open: [{ ...window('rows', 0), blocks: [] }], running: [] },
    });
  });

  it('is refused where a later version wrote it', () => {
    expect(() => decodeLedger(Buffer.from('{"format":3}'))).toThrow(/has format 3, this version reads 1 and 2/);
  });
});
