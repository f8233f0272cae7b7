import { cellsOfEach, HOURS_OF_WEEK, mergedBlocks, ValueSketch, WindowCounts, type WindowGrid } from '@millrace/drift';
import { type CountsDelta, type CountSubject, type OutcomeRow, type ScoredRow } from '@millrace/records';

import { COVERAGE_SLOT, LABELS_SLOT, SLICES_SLOT, type MonitoredModel } from './monitored-model.ts';
import { countLabelled, countUnlabelled } from './performance-model.ts';
import { countSlice, countSliceLabel } from './slices.ts';

interface Tally {
  readonly version: string;
  readonly variant: string;
  start: number;
  end: number;
  rows: number;
  /** Hashes of keys, where these are blocks. */
  readonly blocks: Set<number>;
  /** By hour of the week. */
  readonly hours?: Float64Array;
  /** Of the first row that has one. */
  traceparent?: string | undefined;
}

interface RowTally extends Tally {
  readonly features: WindowCounts;
  readonly estimate: Float64Array;
}

interface SketchTally extends Tally {
  readonly sketches: readonly ValueSketch[];
}

interface LabelTally extends Tally {
  readonly counts: readonly Float64Array[];
}

/** A prediction, and the trace that it came with, if it is sampled. */
export interface CountedRow {
  readonly row: ScoredRow;
  readonly traceparent?: string | undefined;
}

/** By which windows rows and labels are counted. */
export interface CountGrids {
  /** Null: windows are cut by rows, and a delta spans the times that it holds. */
  readonly rows: WindowGrid | null;
  /** Null: the pipeline has no outcomes. */
  readonly labels: WindowGrid | null;
  /** The hash of a row's block; not where the rows do not depend on one another. */
  readonly blockOf?: (row: ScoredRow) => number;
  /** The hour of the week of a time; not where the pipeline is not seasonal. */
  readonly hourOf?: (at: number) => number;
  /** Of each feature whether it is a category. */
  readonly categories?: readonly boolean[];
}

/** Counts the rows and labels of one batch into one delta per (subject, version, variant, window). */
export class RowCounter {
  readonly #grids: CountGrids;
  readonly #rows = new Map<string, RowTally>();
  readonly #labels = new Map<string, LabelTally>();
  readonly #sketches = new Map<string, SketchTally>();
  #lastRow: RowTally | null = null;
  #lastLabel: LabelTally | null = null;

  constructor(grids: CountGrids) {
    this.#grids = grids;
  }

  /**
   * Counts a prediction.
   *
   * @param sampled whether its outcome is waited for
   */
  add({ row, traceparent }: CountedRow, model: MonitoredModel, sampled = true): void {
    const tally = this.#rowTally(row, model);
    tally.features.add(row.vector, row.outputs);
    this.#tally(row, tally, traceparent);
    countUnlabelled(tally.estimate, row.outputs[0] ?? Number.NaN, model.performance);
    if (this.#grids.labels)
      this.#predict(row, model, this.#labelTally(row, model, this.#grids.labels), sampled ? 1 : 0);
  }

  /** Counts a prediction of a version without a reference. */
  sketch({ row, traceparent }: CountedRow): void {
    const tally = this.#sketchTally(row);
    const { length } = row.vector;
    tally.sketches.forEach((sketch, slot) =>
      sketch.add((slot < length ? row.vector[slot] : row.outputs[slot - length]) ?? Number.NaN),
    );
    this.#tally(row, tally, traceparent);
  }

  #tally(row: ScoredRow, tally: RowTally | SketchTally, traceparent: string | undefined): void {
    tally.rows++;
    tally.traceparent ??= traceparent;
    this.#block(row, tally);
    if (tally.hours && this.#grids.hourOf) addTo(tally.hours, this.#grids.hourOf(row.at), 1);
  }

  /** A prediction that was counted as one whose outcome is waited for no longer is. */
  giveUp(row: ScoredRow, model: MonitoredModel): void {
    if (!this.#grids.labels) return;
    this.#predict(row, model, this.#labelTally(row, model, this.#grids.labels), -1);
  }

  /** @param waited 1: its outcome is waited for; 0: it is not; −1: no longer */
  #predict(row: ScoredRow, { slices }: MonitoredModel, tally: LabelTally, waited: 1 | 0 | -1): void {
    addAt(tally, 0, waited);
    if (waited < 1) addAt(tally, 3, 1);
    slices.forEach((slice, i) => countSlice(slice, tally.counts[SLICES_SLOT + i] as Float64Array, row.vector, waited));
  }

  /** Counts the outcome of a prediction, in the window of the prediction. */
  label({ row, traceparent }: CountedRow, { at, label }: OutcomeRow, model: MonitoredModel): void {
    if (!this.#grids.labels) return;
    const tally = this.#labelTally(row, model, this.#grids.labels);
    tally.rows++;
    tally.traceparent ??= traceparent;
    this.#block(row, tally);
    addAt(tally, 1, 1);
    addAt(tally, 2, Math.max(0, at - row.at));
    const score = row.outputs[0] ?? Number.NaN;
    countLabelled(tally.counts[LABELS_SLOT] as Float64Array, score, label, model.performance);
    if (model.slices.length === 0) return;
    const alone = new Float64Array(model.sizes.labels[LABELS_SLOT] as number);
    countLabelled(alone, score, label, model.performance);
    model.slices.forEach((slice, i) => {
      countSliceLabel(slice, tally.counts[SLICES_SLOT + i] as Float64Array, row.vector, alone, model.performance);
    });
  }

  #block(row: ScoredRow, { blocks }: Tally): void {
    if (this.#grids.blockOf) blocks.add(this.#grids.blockOf(row));
  }

  deltas(): readonly CountsDelta[] {
    return [
      ...[...this.#rows.values()].map((tally) =>
        delta('rows', tally, [...tally.features.counts, tally.estimate, tally.features.outside]),
      ),
      ...[...this.#labels.values()].map((tally) => delta('labels', tally, tally.counts)),
      ...[...this.#sketches.values()].map((tally) => delta('sketches', tally, sketched(tally))),
    ];
  }

  #rowTally(row: ScoredRow, model: MonitoredModel): RowTally {
    if (this.#lastRow && this.#grids.rows && holds(this.#lastRow, row)) return this.#lastRow;
    return (this.#lastRow = this.#spanned(this.#rows, row, (begun) => ({
      ...begun,
      features: new WindowCounts(model.table),
      estimate: new Float64Array(model.sizes.rows[model.table.slots.length] as number),
    })));
  }

  #sketchTally(row: ScoredRow): SketchTally {
    const { categories = [] } = this.#grids;
    return this.#spanned(this.#sketches, row, (begun) => ({
      ...begun,
      sketches: Array.from(
        { length: row.vector.length + row.outputs.length },
        (_, slot) => new ValueSketch(categories[slot] === true),
      ),
    }));
  }

  #spanned<T extends Tally>(tallies: Map<string, T>, row: ScoredRow, make: (begun: Tally) => T): T {
    const span = this.#grids.rows?.spanOf(row.at) ?? { start: row.at, end: row.at + 1 };
    const key = JSON.stringify([row.version, row.variant, this.#grids.rows && span.start]);
    let tally = tallies.get(key);
    if (!tally) tallies.set(key, (tally = make({ ...named(row), ...this.#hours(), ...span })));
    tally.start = Math.min(tally.start, span.start);
    tally.end = Math.max(tally.end, span.end);
    return tally;
  }

  #hours(): Pick<Tally, 'hours'> {
    return this.#grids.hourOf ? { hours: new Float64Array(HOURS_OF_WEEK) } : {};
  }

  #labelTally(row: ScoredRow, model: MonitoredModel, grid: WindowGrid): LabelTally {
    if (this.#lastLabel && holds(this.#lastLabel, row)) return this.#lastLabel;
    const span = grid.spanOf(row.at);
    const key = JSON.stringify([row.version, row.variant, span.start]);
    let tally = this.#labels.get(key);
    if (!tally) {
      const counts = model.sizes.labels.map((size) => new Float64Array(size));
      this.#labels.set(key, (tally = { ...named(row), ...span, counts }));
    }
    return (this.#lastLabel = tally);
  }
}

function named({ version, variant }: ScoredRow): Pick<Tally, 'version' | 'variant' | 'rows' | 'blocks'> {
  return { version, variant, rows: 0, blocks: new Set() };
}

function sketched({ sketches }: SketchTally): CountsDelta['counts'] {
  const most = cellsOfEach(sketches.length);
  return sketches.map((sketch) => sketch.counts(most));
}

function holds({ version, variant, start, end }: Tally, row: ScoredRow): boolean {
  return row.at >= start && row.at < end && row.version === version && row.variant === variant;
}

function addAt({ counts }: LabelTally, place: number, count: number): void {
  addTo(counts[COVERAGE_SLOT] as Float64Array, place, count);
}

function addTo(counts: Float64Array, place: number, count: number): void {
  counts[place] = (counts[place] as number) + count;
}

function delta(subject: CountSubject, tally: Tally, counts: CountsDelta['counts']): CountsDelta {
  const { version, variant, start, end, rows, hours, traceparent } = tally;
  const window = { version, variant, start, end, rows, counts, blocks: mergedBlocks(tally.blocks, []) };
  return {
    kind: 'delta',
    subject,
    ...window,
    ...(hours && { hours: Array.from(hours) }),
    ...(traceparent && { traceparent }),
  };
}
