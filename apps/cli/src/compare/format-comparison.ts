import type { OutputComparison } from './compare-outputs.ts';
import type { ComparedModel, Comparison } from './comparison.ts';
import type { OutputDifference } from './output-difference.ts';

type Row = readonly [label: string, a: string, b: string, change: string];

const METRICS = [
  ['AUC', 'auc'],
  ['log loss', 'logLoss'],
  ['Brier score', 'brier'],
  ['accuracy', 'accuracy'],
] as const;

const COUNT = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const MB = 1024 ** 2;

/** For people: what the two cost, then output by output how good they are and how far apart. */
export function formatComparison(comparison: Comparison): string {
  const { outputs, unmatched, compared, workers, batchRows } = comparison;
  const title = `${COUNT.format(compared)} rows scored by both, in batches of ${batchRows} on ${workers} worker(s)`;
  const rows = [...costRows(comparison), ...outputs.flatMap(outputRows)];
  const table = aligned(rows);
  const left = unmatched.length === 0 ? [] : ['', `not compared, only one has it: ${unmatched.join(', ')}`];
  return [title, '', ...table, ...left].join('\n');
}

function costRows({ models: [a, b] }: Comparison): readonly Row[] {
  const row = (label: string, of: (model: ComparedModel) => number, show: (value: number) => string): Row => [
    label,
    show(of(a)),
    show(of(b)),
    of(a) > 0 ? `× ${(of(b) / of(a)).toFixed(2)}` : '',
  ];
  return [
    ['', 'A', 'B', 'B / A'],
    ['model', `${a.name} ${a.version}`, `${b.name} ${b.version}`, ''],
    row('file', ({ fileBytes }) => fileBytes, megabytes),
    row('memory of a session', ({ sessionBytes }) => sessionBytes, megabytes),
    row(
      'rows/s',
      ({ rowsPerSecond }) => rowsPerSecond,
      (value) => COUNT.format(value),
    ),
    ['rows that it fails on', COUNT.format(a.failed), COUNT.format(b.failed), ''],
  ];
}

function outputRows({ name, nonFinite, difference, metrics: [a, b] }: OutputComparison): readonly Row[] {
  const metrics = METRICS.flatMap(([label, key]): Row[] => {
    const [ofA, ofB] = [a?.[key] ?? null, b?.[key] ?? null];
    return ofA === null || ofB === null ? [] : [[label, ofA.toFixed(5), ofB.toFixed(5), signed(ofB - ofA)]];
  });
  return [
    ['', '', '', ''],
    [name, metrics.length > 0 ? 'A' : '', metrics.length > 0 ? 'B' : '', metrics.length > 0 ? 'B - A' : ''],
    ...metrics,
    ...(difference ? differenceRows(difference) : []),
    ...(nonFinite > 0 ? [['no finite number in A or B', COUNT.format(nonFinite), '', ''] as const] : []),
  ];
}

function differenceRows({ mean, p50, p90, p99, max, rankCorrelation, flipped }: OutputDifference): readonly Row[] {
  const one = (label: string, value: string): Row => [label, value, '', ''];
  return [
    one('|A - B|, mean', small(mean)),
    ...(
      [
        ['median', p50],
        ['90 %', p90],
        ['99 %', p99],
        ['max', max],
      ] as const
    ).map(([label, value]) => one(`|A - B|, ${label}`, small(value))),
    one(
      'rank correlation',
      rankCorrelation === null ? 'none: one gives all rows the same' : rankCorrelation.toFixed(6),
    ),
    ...(flipped === null ? [] : [one('other class at 0.5', `${(100 * flipped).toFixed(3)} %`)]),
  ];
}

function aligned(rows: readonly Row[]): readonly string[] {
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => (row[column] as string).length)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

function megabytes(bytes: number): string {
  return `${(bytes / MB).toFixed(2)} MB`;
}

function signed(value: number): string {
  return `${value < 0 ? '-' : '+'}${Math.abs(value).toFixed(5)}`;
}

function small(value: number): string {
  return value === 0 ? '0' : value.toPrecision(3);
}
