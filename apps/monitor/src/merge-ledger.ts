import { AppError } from '@millrace/core';
import type { SignalWatch } from '@millrace/drift';
import type { Plan } from '@millrace/pipeline';

import type { ErrorDetectors } from './error-detectors.ts';
import { NO_INCIDENTS, type IncidentRing } from './incident-ring.ts';
import type { Watches } from './judge-window.ts';
import type { LiveReference } from './live-reference.ts';
import { NO_WINDOWS, type MergedWindow, type MergedWindows } from './merged-windows.ts';
import { NOTHING_USUAL, type UsualRates } from './rates.ts';
import type { Silence } from './silences.ts';
import type { SkewProgress, SkewState } from './skew-state.ts';
import type { Turn } from './stable-inputs.ts';

/** What is counted of a stream of windows: `[subject, version, variant]`. */
export interface StreamTally {
  /** Windows closed. */
  readonly closed: number;
  /** Rows that came after their window was closed, since the latest one closed. */
  readonly late: number;
  /** End of the latest; absent before the first. */
  readonly to?: number;
}

/** All that the merge knows, as a value. */
export interface MergeValue {
  readonly windows: MergedWindows;
  /** Windows of labels: these close when all that may have a label has it. */
  readonly labels: MergedWindows;
  /** Windows of what came in, cut by time; they close with those of predictions. */
  readonly events: MergedWindows;
  readonly usual: UsualRates;
  /** By `[version, variant]` in JSON, as are the turns. */
  readonly watches: ReadonlyMap<string, Watches>;
  readonly turns: ReadonlyMap<string, readonly Turn[]>;
  /** By `[subject, version, variant]` in JSON. */
  readonly streams: ReadonlyMap<string, StreamTally>;
  readonly silences: readonly Silence[];
  readonly incidents: IncidentRing;
  /** By version, of those without a profile. */
  readonly live: ReadonlyMap<string, LiveReference>;
  /** By `[version, variant]` in JSON. */
  readonly detectors: ReadonlyMap<string, ErrorDetectors>;
  readonly skew: SkewState;
}

export const NOTHING_MERGED: MergeValue = {
  windows: NO_WINDOWS,
  labels: NO_WINDOWS,
  events: NO_WINDOWS,
  usual: NOTHING_USUAL,
  watches: new Map(),
  turns: new Map(),
  streams: new Map(),
  silences: [],
  incidents: NO_INCIDENTS,
  live: new Map(),
  detectors: new Map(),
  skew: new Map(),
};

/** The merge's record in `<p>.ledger`: what it knew when it had read everything before `offset`. */
export interface MergeLedger extends MergeValue {
  readonly offset: number;
}

/** Of the merge's record; what else it writes there begins so. */
export function ledgerKey({ featureSet }: Pick<Plan, 'featureSet'>): string {
  return `monitor/${featureSet}`;
}

const FORMAT = 2;
/** Knew no labels, and no windows but those of predictions. */
const BEFORE_LABELS = 1;

interface WrittenWindows {
  readonly progress: readonly (readonly [number, number])[];
  readonly open: readonly MergedWindow[];
  readonly running: readonly MergedWindow[];
}

interface Written extends WrittenWindows {
  readonly format: number;
  readonly offset: number;
  readonly watches: readonly (readonly [string, readonly (readonly [string, SignalWatch])[]])[];
  readonly labels?: WrittenWindows;
  readonly events?: WrittenWindows;
  readonly usual?: UsualRates;
  readonly turns?: readonly (readonly [string, readonly Turn[]])[];
  readonly streams?: readonly (readonly [string, StreamTally])[];
  readonly silences?: readonly Silence[];
  readonly incidents?: IncidentRing;
  readonly live?: readonly (readonly [string, LiveReference])[];
  readonly detectors?: readonly (readonly [string, ErrorDetectors])[];
  readonly skew?: readonly (readonly [string, SkewProgress])[];
}

export function encodeLedger(ledger: MergeLedger): string {
  const {
    offset,
    windows,
    labels,
    events,
    usual,
    watches,
    turns,
    streams,
    silences,
    incidents,
    live,
    detectors,
    skew,
  } = ledger;
  const written: Written = {
    format: FORMAT,
    offset,
    ...writtenWindows(windows),
    labels: writtenWindows(labels),
    events: writtenWindows(events),
    usual,
    watches: [...watches].map(([key, signals]) => [key, [...signals]]),
    turns: [...turns],
    streams: [...streams],
    silences,
    incidents,
    live: [...live],
    detectors: [...detectors],
    skew: [...skew],
  };
  return JSON.stringify(written);
}

/** @throws AppError `STATE_GAP` for a ledger that a later version wrote */
export function decodeLedger(bytes: Uint8Array): MergeLedger {
  const written = JSON.parse(Buffer.from(bytes).toString('utf8')) as Written;
  if (written.format !== FORMAT && written.format !== BEFORE_LABELS) {
    throw new AppError(
      'STATE_GAP',
      `the monitor's ledger has format ${written.format}, this version reads ${BEFORE_LABELS} and ${FORMAT}. Run the version that wrote it.`,
    );
  }
  const { offset, labels, events, usual = NOTHING_USUAL, watches } = written;
  const {
    turns = [],
    streams = [],
    silences = [],
    incidents = NO_INCIDENTS,
    live = [],
    detectors = [],
    skew = [],
  } = written;
  return {
    offset,
    windows: windowsIn(written),
    labels: labels ? windowsIn(labels) : NO_WINDOWS,
    events: events ? windowsIn(events) : NO_WINDOWS,
    usual,
    watches: new Map(watches.map(([key, signals]) => [key, new Map(signals)])),
    turns: new Map(turns),
    streams: new Map(streams),
    silences,
    incidents,
    live: new Map(live),
    detectors: new Map(detectors),
    skew: new Map(skew),
  };
}

function writtenWindows({ progress, open, running }: MergedWindows): WrittenWindows {
  return { progress: [...progress], open, running };
}

function windowsIn({ progress, open, running }: WrittenWindows): MergedWindows {
  const named = (window: MergedWindow): MergedWindow => ({
    ...window,
    subject: window.subject ?? 'rows',
    blocks: window.blocks ?? [],
  });
  return { progress: new Map(progress), open: open.map(named), running: running.map(named) };
}
