import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';

import type { ReferenceProfile } from '@millrace/drift';

import { categoryOf, Detector, type DetectorRule } from './detector.ts';
import type { WindowSet } from './other-tools.ts';
import { FEATURES, RowSource } from './row-source.ts';

/** A change of rows, from its first window on. The first feature is a number, the last a category of five values. */
export interface Change {
  readonly name: string;
  /** What an incident is to be named. */
  readonly signal: RegExp;
  /** @param since windows since it began, 1 in the first */
  apply(row: Float32Array, source: RowSource, since: number): void;
}

export const SHIFTS = [0.1, 0.2, 0.35, 0.5] as const;

export function shiftOf(sd: number): Change {
  return { name: `shift of ${sd} sd`, signal: /^x0$/, apply: (row) => void (row[0] = (row[0] as number) + sd) };
}

export const CHANGES: readonly Change[] = [
  ...SHIFTS.map(shiftOf),
  {
    name: '5 % missing',
    signal: /^x0(\.missing)?$/,
    apply: (row, { random }) => void (row[0] = random() < 0.05 ? Number.NaN : (row[0] as number)),
  },
  {
    name: 'new category at 2 %',
    signal: /^x19(\.unseen)?$/,
    apply: (row, { random }) => void (row[19] = random() < 0.02 ? 5 : (row[19] as number)),
  },
  {
    name: 'ramp of 0.02 sd a window',
    signal: /^x0$/,
    apply: (row, _, since) => void (row[0] = (row[0] as number) + 0.02 * since),
  },
];

const BEFORE = 5;
const MOST = 100;

/** Of one change in many streams. */
export interface Power {
  readonly found: number;
  /** From the change to the incident; null where fewer than half found one. */
  readonly medianWindows: number | null;
  /** Streams in which the first incident was on the changed signal, or on its special bin. */
  readonly namedRight: number;
}

/** Plants a change in streams of their own, and counts windows until the incident on its signal. */
export function measurePower(
  profile: ReferenceProfile,
  rows: number,
  rule: DetectorRule,
  change: Change,
  streams: number,
): Power {
  const delays: number[] = [];
  let namedRight = 0;
  for (let stream = 0; stream < streams; stream++) {
    const { delay, first } = untilIncident(new Detector(profile, rule), new RowSource(1000 + stream), rows, change);
    delays.push(delay);
    namedRight += first.some((name) => change.signal.test(name)) ? 1 : 0;
  }
  const ascending = delays.toSorted((a, b) => a - b);
  const median = ascending[(streams - 1) >> 1] as number;
  const found = delays.filter(Number.isFinite).length;
  return { found, medianWindows: Number.isFinite(median) ? median : null, namedRight };
}

function untilIncident(detector: Detector, source: RowSource, rows: number, change: Change) {
  let first: readonly string[] = [];
  for (let window = 1 - BEFORE; window <= MOST; window++) {
    for (let i = 0; i < rows; i++) {
      const row = source.next();
      row[FEATURES - 1] = categoryOf(source);
      if (window > 0) change.apply(row, source, window);
      detector.add(row);
    }
    const opened = detector.close();
    if (first.length === 0) first = opened;
    if (opened.some((name) => change.signal.test(name))) return { delay: window, first };
  }
  return { delay: Number.POSITIVE_INFINITY, first };
}

/** Writes windows whose first feature is shifted, for the other tools; all features are numbers. */
export function writeShifted(sd: number, rows: number, windows: number, folder: string): WindowSet {
  const set = { name: `${rows} ${sd}`, file: `shift-${sd}-${rows}.bin`, rows, windows, unchanged: false };
  const source = new RowSource(rows + 10_000 * sd);
  const change = shiftOf(sd);
  const file = openSync(join(folder, set.file), 'w');
  for (let i = 0; i < rows * windows; i++) {
    const row = source.next();
    change.apply(row, source, 1);
    writeSync(file, Buffer.from(row.slice().buffer));
  }
  closeSync(file);
  return set;
}
