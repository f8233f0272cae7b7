import { cellsOfEach, mergedBlocks, mergedSketch, type Span } from '@millrace/drift';
import type { CountsDelta, CountSubject, MaturedRecord, ProgressRecord } from '@millrace/records';

/** Whose windows they are. */
export interface StreamName {
  /** `skew`: of predictions that were computed again. */
  readonly subject: CountSubject | 'skew';
  readonly version: string;
  readonly variant: string;
}

/** Counts of one (subject, version, variant) in one stretch of time. */
export interface MergedWindow extends StreamName, Span {
  readonly rows: number;
  /** As in a delta. */
  readonly counts: readonly (readonly number[])[];
  readonly blocks: readonly number[];
  /** As in a delta. Fewer than `rows` where the window was begun before the pipeline was seasonal. */
  readonly hours?: readonly number[];
  /** As in a delta. */
  readonly traceparent?: string;
}

/**
 * What the merge knows of windows, as a value. Windows are kept in the steps of the grid; where windows go on until they
 * have enough rows, `running` holds those that have begun.
 */
export interface MergedWindows {
  /** How far each partition of the join has come. */
  readonly progress: ReadonlyMap<number, number>;
  /** Steps of the grid that are not closed. */
  readonly open: readonly MergedWindow[];
  /** At most one of each stream. */
  readonly running: readonly MergedWindow[];
}

export const NO_WINDOWS: MergedWindows = { progress: new Map(), open: [], running: [] };

/** Up to where all partitions have come; null until all have spoken. */
export function horizonOf({ progress }: MergedWindows, partitions: number): number | null {
  return progress.size < partitions ? null : Math.min(...progress.values());
}

export function withProgress(windows: MergedWindows, { source, at }: ProgressRecord | MaturedRecord): MergedWindows {
  const before = windows.progress.get(source);
  if (before !== undefined && before >= at) return windows;
  return { ...windows, progress: new Map(windows.progress).set(source, at) };
}

/** Adds a delta to its step of the grid. */
export function withDelta(windows: MergedWindows, delta: CountsDelta): MergedWindows {
  const same = (window: MergedWindow): boolean => isOf(window, delta) && window.start === delta.start;
  const index = windows.open.findIndex(same);
  if (index < 0) return { ...windows, open: [...windows.open, fromDelta(delta)] };
  return { ...windows, open: windows.open.with(index, joined(windows.open[index] as MergedWindow, fromDelta(delta))) };
}

export function fromDelta(delta: CountsDelta): MergedWindow {
  const { kind: _, counts, ...window } = delta;
  return { ...window, counts: counts.map((bins) => Array.from(bins)) };
}

export function isOf(a: StreamName, b: StreamName): boolean {
  return a.version === b.version && a.variant === b.variant && a.subject === b.subject;
}

/** A stream as a key of maps. */
export function streamKey({ subject, version, variant }: StreamName): string {
  return JSON.stringify([subject, version, variant]);
}

/** Both stretches as one. */
export function joined(a: MergedWindow, b: MergedWindow): MergedWindow {
  return {
    ...b,
    ...a,
    start: Math.min(a.start, b.start),
    end: Math.max(a.end, b.end),
    rows: a.rows + b.rows,
    ...((a.hours ?? b.hours) && { hours: sum(a.hours ?? [], b.hours ?? []) }),
    blocks: mergedBlocks(a.blocks, b.blocks),
    counts: a.subject === 'sketches' ? addedSketches(a.counts, b.counts) : addedCounts(a.counts, b.counts),
  };
}

/** The predictions of a version, whatever they are counted by. */
export function shownAs<Name extends StreamName>(name: Name): Name {
  return name.subject === 'sketches' ? { ...name, subject: 'rows' } : name;
}

export function addedSketches(a: MergedWindow['counts'], b: MergedWindow['counts']): MergedWindow['counts'] {
  const most = cellsOfEach(a.length);
  return a.map((sketch, slot) => mergedSketch(sketch, b[slot] ?? [], most));
}

export function addedCounts(a: MergedWindow['counts'], b: MergedWindow['counts']): MergedWindow['counts'] {
  return Array.from({ length: Math.max(a.length, b.length) }, (_, slot) => sum(a[slot] ?? [], b[slot] ?? []));
}

/** One may be shorter: it was begun by a version that counted less. */
function sum(a: readonly number[], b: readonly number[]): readonly number[] {
  return Array.from({ length: Math.max(a.length, b.length) }, (_, bin) => (a[bin] ?? 0) + (b[bin] ?? 0));
}
