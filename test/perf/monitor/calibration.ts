import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';

import type { ReferenceProfile } from '@millrace/drift';

import { Detector } from './detector.ts';
import type { WindowSet } from './other-tools.ts';
import { FEATURES, RowSource } from './row-source.ts';

/** Our detector over unchanged windows. */
export interface Calibration {
  readonly incidents: number;
  readonly seconds: number;
  /** The first windows as a file; null where none were kept. */
  readonly kept: WindowSet | null;
}

/**
 * Lets the detector run over one stream of unchanged windows.
 *
 * @param keep how many of the first are also written to a folder, for the other tools
 */
export function calibrate(
  profile: ReferenceProfile,
  rows: number,
  windows: number,
  persistence: number,
  keep?: { readonly windows: number; readonly folder: string },
): Calibration {
  const kept = keep && { name: `${rows}`, file: `unchanged-${rows}.bin`, rows, windows: keep.windows, unchanged: true };
  const file = keep && kept ? openSync(join(keep.folder, kept.file), 'w') : null;
  const source = new RowSource(rows);
  const detector = new Detector(profile, { floor: 0.1, persistence });
  const block = new Float32Array(rows * FEATURES);
  const startedAt = performance.now();
  let incidents = 0;
  for (let window = 0; window < windows; window++) {
    for (let row = 0; row < rows; row++) {
      const vector = source.next();
      detector.add(vector);
      if (file !== null) block.set(vector, row * FEATURES);
    }
    if (file !== null && window < (keep?.windows ?? 0)) writeSync(file, Buffer.from(block.buffer));
    incidents += detector.close().length;
  }
  if (file !== null) closeSync(file);
  return { incidents, seconds: Math.round((performance.now() - startedAt) / 1000), kept: kept ?? null };
}
