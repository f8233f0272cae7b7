import { AppError } from '@millrace/core';
import type { SignalWatch } from '@millrace/drift';

import type { Watches } from './judge-window.ts';
import type { MergedWindow, MergedWindows } from './merged-windows.ts';

/** All that the merge knows, as a value. */
export interface MergeValue {
  readonly windows: MergedWindows;
  /** By `[version, variant]` in JSON. */
  readonly watches: ReadonlyMap<string, Watches>;
}

/** The merge's record in `<p>.ledger`: what it knew when it had read everything before `offset`. */
export interface MergeLedger extends MergeValue {
  readonly offset: number;
}

const FORMAT = 1;

interface Written {
  readonly format: number;
  readonly offset: number;
  readonly progress: readonly (readonly [number, number])[];
  readonly open: readonly MergedWindow[];
  readonly running: readonly MergedWindow[];
  readonly watches: readonly (readonly [string, readonly (readonly [string, SignalWatch])[]])[];
}

export function encodeLedger({ offset, windows, watches }: MergeLedger): string {
  const written: Written = {
    format: FORMAT,
    offset,
    progress: [...windows.progress],
    open: windows.open,
    running: windows.running,
    watches: [...watches].map(([key, signals]) => [key, [...signals]]),
  };
  return JSON.stringify(written);
}

/** @throws AppError `STATE_GAP` for a ledger that another version wrote */
export function decodeLedger(bytes: Uint8Array): MergeLedger {
  const written = JSON.parse(Buffer.from(bytes).toString('utf8')) as Written;
  if (written.format !== FORMAT) {
    throw new AppError(
      'STATE_GAP',
      `the monitor's ledger has format ${written.format}, this version reads ${FORMAT}. Run the version that wrote it.`,
    );
  }
  return {
    offset: written.offset,
    windows: { progress: new Map(written.progress), open: written.open, running: written.running },
    watches: new Map(written.watches.map(([key, signals]) => [key, new Map(signals)])),
  };
}
