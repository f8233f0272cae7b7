import { estimatedOfLabelled, realisedFrom } from '@millrace/drift';
import { decodeCountsRecord } from '@millrace/records';

import type { RealisedPerformance } from '../../e2e/label-windows.ts';

/** Where a delta of labels holds its coverage, and what labels said. */
const COVERAGE_SLOT = 0;
const LABELS_SLOT = 1;

type Counts = readonly number[];

const MONTH = new Intl.DateTimeFormat('en-CA', { timeZone: 'America/New_York', year: 'numeric', month: '2-digit' });

/** The calendar month of an event time, as New York's clocks have it: `2013-12`. */
export function monthOf(at: number): string {
  return MONTH.format(at);
}

/** The monitor's counts of labels in daily windows, added up by month: they merge by addition. */
export class MonthlyPerformance {
  readonly #months = new Map<string, readonly [coverage: Counts, labels: Counts]>();
  #matured = 0;

  /** Predictions that have a label, or will never have one. */
  get matured(): number {
    return this.#matured;
  }

  /** A record of `<p>.counts`. */
  add(value: Uint8Array): void {
    const record = decodeCountsRecord(Buffer.from(value));
    if (record.kind !== 'delta' || record.subject !== 'labels') return;
    const [coverage, labels] = [record.counts[COVERAGE_SLOT] ?? [], record.counts[LABELS_SLOT] ?? []];
    const month = monthOf(record.start);
    const before = this.#months.get(month) ?? [[], []];
    this.#months.set(month, [sum(before[0], coverage), sum(before[1], labels)]);
    this.#matured += coverage[0] ?? 0;
  }

  of(month: string): RealisedPerformance {
    const [coverage, labels] = this.#months.get(month) ?? [[], []];
    return {
      metrics: realisedFrom(labels).metrics(),
      coverage: { matured: coverage[0] ?? 0, labelled: coverage[1] ?? 0 },
      estimated: estimatedOfLabelled(labels).metrics(),
    };
  }
}

function sum(a: Counts, b: ArrayLike<number>): Counts {
  return Array.from({ length: Math.max(a.length, b.length) }, (_, i) => (a[i] ?? 0) + (b[i] ?? 0));
}
