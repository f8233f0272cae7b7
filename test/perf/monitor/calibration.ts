import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';

import type { ReferenceProfile } from '@millrace/drift';

import { Detector } from './detector.ts';
import type { WindowSet } from './other-tools.ts';
import { FEATURES, RowSource } from './row-source.ts';

/** Our detector over unchanged windows. */
export interface Calibration {
  readonly rows: number;
  readonly windows: number;
  readonly incidents: number;
  readonly seconds: number;
}

/**
 * Lets the detector run over unchanged windows, one stream of them; the first `kept` are also written for the other
 * tools.
 */
export function calibrate(profile: ReferenceProfile, rows: number, windows: number, kept: number, folder: string) {
  const source = new RowSource(rows);
  const detector = new Detector(profile, 0.1);
  const set: WindowSet = { name: `${rows}`, file: `unchanged-${rows}.bin`, rows, windows: kept, unchanged: true };
  const file = openSync(join(folder, set.file), 'w');
  const block = new Float32Array(rows * FEATURES);
  const startedAt = performance.now();
  let incidents = 0;
  for (let window = 0; window < windows; window++) {
    for (let row = 0; row < rows; row++) {
      const vector = source.next();
      detector.add(vector);
      if (window < kept) block.set(vector, row * FEATURES);
    }
    if (window < kept) writeSync(file, Buffer.from(block.buffer));
    incidents += detector.close().length;
  }
  closeSync(file);
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  return { calibration: { rows, windows, incidents, seconds } satisfies Calibration, set };
}
