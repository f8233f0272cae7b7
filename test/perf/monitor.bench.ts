/**
 * `npm run bench -- monitor [--only throughput|page|calibration|power|seasonal] [--windows 100000] [--others 500] [--rows 100,500,5000]
 * [--streams 50]`: the monitor's statistics in process, no log.
 *
 * - throughput: how fast rows and their labels are counted into deltas, and what state takes;
 * - page: how long a browser takes to show 500 windows of 30 signals;
 * - calibration: incidents on unchanged data, one stream of `--windows` windows of each size;
 * - power: windows until the incident for planted changes;
 * - seasonal: both where rows go with the calendar, compared by hour of the week and with the whole reference.
 *
 * Beside calibration and power: Evidently, NannyML and single-window tests over `--others` windows of the same rows, by Python and
 * packages from PyPI; 0 leaves them out.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { machine } from './machine.ts';
import { calibrate } from './monitor/calibration.ts';
import { conceptDrift } from './monitor/concept-drift.ts';
import { referenceProfile } from './monitor/detector.ts';
import { runOtherTools, type ToolResult, type WindowSet } from './monitor/other-tools.ts';
import { pageLoad } from './monitor/page-load.ts';
import { CHANGES, measurePower, SHIFTS, writeShifted } from './monitor/power.ts';
import { FEATURES, REFERENCE_ROWS, RowSource } from './monitor/row-source.ts';
import { watchSeason } from './monitor/seasonal.ts';
import { throughput } from './monitor/throughput.ts';

const { values: flags } = parseArgs({
  options: {
    only: { type: 'string' },
    windows: { type: 'string', default: '100000' },
    others: { type: 'string', default: '500' },
    rows: { type: 'string', default: '100,500,5000' },
    streams: { type: 'string', default: '50' },
  },
});
const sizes = flags.rows.split(',').map(Number);
const [windows, others, streams] = [flags.windows, flags.others, flags.streams].map(Number) as [number, number, number];
const wanted = (part: string): boolean => flags.only === undefined || flags.only === part;
const folder = mkdtempSync(join(tmpdir(), 'millrace-monitor-'));

function calibration(): void {
  console.log('ours: incidents in one stream of unchanged windows');
  const profile = referenceProfile(new RowSource(1), false);
  console.table(
    Object.fromEntries(
      sizes.map((rows) => {
        const { incidents, seconds } = calibrate(profile, rows, windows);
        return [`${rows} rows`, { windows, incidents, 'per 1,000 windows': (1000 * incidents) / windows, seconds }];
      }),
    ),
  );
}

function power(): void {
  console.log(`ours: median windows to the incident, found and named right in ${streams} streams`);
  const profile = referenceProfile(new RowSource(2), true);
  const table = CHANGES.flatMap((change) =>
    [0.1, 0.02].map((floor) => [
      `${change.name}, floor ${floor}`,
      Object.fromEntries(
        sizes.map((rows) => {
          const { medianWindows, found, namedRight } = measurePower(profile, rows, floor, change, streams);
          return [`${rows} rows`, `${medianWindows ?? '-'} (${found}, ${namedRight})`];
        }),
      ),
    ]),
  );
  console.table(Object.fromEntries(table));
  console.log('concept drift, inputs and scores stable: median windows until the error rate, or the estimate, says so');
  const drifts = [0.1, 0.3].flatMap((share) =>
    [0.1, 0.02].map((floor) => [
      `${share * 100} % of labels turned, floor ${floor}`,
      Object.fromEntries(
        sizes.map((rows) => {
          const { errorRate, estimate, outsideUnchanged } = conceptDrift(rows, floor, share, streams);
          return [
            `${rows} rows`,
            `${errorRate ?? '-'} | ${estimate ?? '-'} (outside ${outsideUnchanged.toFixed(0)} ‰)`,
          ];
        }),
      ),
    ]),
  );
  console.table(Object.fromEntries(drifts));
}

const SEASONAL = [
  { reference: 10_000, hours: 1, rows: 300 },
  { reference: 10_000, hours: 24, rows: 1000 },
  { reference: 50_000, hours: 1, rows: 300 },
  { reference: 50_000, hours: 24, rows: 1000 },
];
const SEASONAL_SHIFTS = [0.35, 0.5, 1];
const REFERENCES = 5;

function seasonal(): void {
  console.log(
    `unchanged, ${REFERENCES} references: incidents per 1,000 windows, share of PSIs beyond the null quantile; shift of x0 and x19: median windows to the incident, found in ${streams} streams of 100`,
  );
  console.table(
    Object.fromEntries(
      SEASONAL.map((run) => {
        const each = Math.ceil(windows / REFERENCES);
        const unchanged = Array.from({ length: REFERENCES }, (_, i) => watchSeason({ ...run, windows: each }, i + 1));
        const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / REFERENCES;
        const said = (['byHour', 'whole'] as const).flatMap((how) => [
          [`${how}: incidents`, (1000 * mean(unchanged.map((one) => one[how].incidents))) / each],
          [`${how}: beyond`, mean(unchanged.map((one) => one[how].beyond)).toFixed(3)],
        ]);
        const shifts = [0, 19].flatMap((feature) =>
          SEASONAL_SHIFTS.map((sd) => {
            const found = Array.from({ length: streams }, (_, i) =>
              watchSeason({ ...run, windows: 100, shift: { feature, sd } }, 1000 + i),
            ).flatMap(({ byHour }) => byHour.found ?? []);
            const median = found.toSorted((a, b) => a - b)[(found.length - 1) >> 1];
            return [`x${feature} ${sd} sd`, `${median ?? '-'} (${found.length})`];
          }),
        );
        return [
          `${run.reference} rows; ${run.hours} h of ${run.rows}`,
          Object.fromEntries([...said, ...shifts]) as object,
        ];
      }),
    ),
  );
}

/** The default rules of others over the first unchanged windows, and over shifted ones. */
async function compare(): Promise<void> {
  const source = new RowSource(1);
  const rows = Array.from({ length: REFERENCE_ROWS }, () => source.next().slice());
  writeFileSync(join(folder, 'reference.bin'), Buffer.concat(rows.map(({ buffer }) => Buffer.from(buffer))));
  const profile = referenceProfile(new RowSource(1), false);
  const sets: WindowSet[] = sizes.flatMap((size) => [
    ...(wanted('calibration')
      ? [calibrate(profile, size, others, { windows: others, folder }).kept].flatMap((set) => set ?? [])
      : []),
    ...(wanted('power') ? SHIFTS.map((sd) => writeShifted(sd, size, streams, folder)) : []),
  ]);
  writeFileSync(join(folder, 'index.json'), JSON.stringify({ features: FEATURES, reference: 'reference.bin', sets }));
  const results = await runOtherTools(folder);
  console.log('others: windows with an alarm');
  console.table(
    Object.fromEntries(
      results.map(({ set, tool, alarms }) => [
        `${tool}, ${set}`,
        { windows: alarms.length, 'per 1,000 windows': (1000 * alarms.filter(Boolean).length) / alarms.length },
      ]),
    ),
  );
  console.log('others with thresholds raised until no unchanged window alarms: share of shifted windows that do');
  console.table(Object.fromEntries(raised(results)));
}

function raised(results: readonly ToolResult[]): readonly (readonly [string, object])[] {
  return results.flatMap(({ tool, set: size, scores }) => {
    if (size.includes(' ') || scores === null) return [];
    const threshold = Math.max(...scores);
    const shifted = results.filter((other) => other.tool === tool && other.set.startsWith(`${size} `));
    const shares = shifted.map(({ set, scores }) => [
      `${set.split(' ')[1]} sd`,
      (scores ?? []).filter((score) => score > threshold).length / (scores ?? []).length,
    ]);
    return [[`${tool.split(/ [><p]/)[0]}, ${size} rows`, Object.fromEntries(shares) as object] as const];
  });
}

console.table(machine('none'));
try {
  if (wanted('throughput')) console.table({ counting: await throughput(5) });
  if (wanted('page')) console.table({ page: await pageLoad(10) });
  if (wanted('calibration') && windows > 0) calibration();
  if (wanted('power')) power();
  if (wanted('seasonal')) seasonal();
  if (others > 0 && (wanted('calibration') || wanted('power'))) await compare();
} finally {
  rmSync(folder, { recursive: true });
}
