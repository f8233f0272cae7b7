import { buildProfile, signalTable, UNWATCHED, WindowCounts } from '@millrace/drift';

import { FEATURES, REFERENCE_ROWS, RowSource } from './row-source.ts';

const OUTPUTS = 2;
const ROWS = 200_000;
const KEPT = 4096;

/** How fast one core counts rows of 20 features and 2 outputs, and what a version's state takes. */
export function throughput(rounds: number): object {
  const source = new RowSource(3);
  const rows = Array.from({ length: REFERENCE_ROWS }, () => {
    const vector = source.next().slice();
    return { at: null, label: null, vector, outputs: [source.random(), source.random()] };
  });
  const names = (count: number): readonly string[] => Array.from({ length: count }, (_, i) => `x${i}`);
  const subject = {
    model: 'm',
    version: '1',
    features: names(FEATURES).map((name) => ({ name, categories: null })),
    outputs: names(OUTPUTS),
    window: { everyMs: 3_600_000, rows: null, starts: null, zone: 'UTC', minRows: 300, atMostMs: 86_400_000 },
  };
  const table = signalTable(buildProfile(subject, rows));
  const perSecond = Array.from({ length: rounds }, () => {
    const counts = new WindowCounts(table);
    const startedAt = performance.now();
    for (let i = 0; i < ROWS; i++) {
      const { vector, outputs } = rows[i % KEPT] as (typeof rows)[number];
      counts.add(vector, outputs);
    }
    return (ROWS * 1000) / (performance.now() - startedAt);
  }).toSorted((a, b) => a - b);
  const bins = table.slots.reduce((sum, slot) => sum + slot.bins.size, 0);
  const watches = table.watched.length * JSON.stringify({ ...UNWATCHED, logM: -7.293274904384134 }).length;
  return {
    'rows/s per core': Math.round(perSecond[(rounds - 1) >> 1] as number),
    'signals watched': table.watched.length,
    'bytes of counts per feature or output, in memory': Math.round((4 * bins) / table.slots.length),
    'bytes of a watch per signal, in the ledger': Math.round(watches / table.watched.length),
  };
}
