/**
 * `npm run bench -- monitor [--only throughput|page|calibration|references|power|roc|seasonal] [--windows 100000] [--others 500] [--rows 100,500,5000]
 * [--streams 50] [--persistence 2]`: the monitor's statistics in process, no log.
 *
 * - throughput: how fast rows and their labels are counted into deltas, and what state takes;
 * - page: how long a browser takes to show 500 windows of 30 signals;
 * - calibration: incidents on unchanged data, one stream of `--windows` windows of each size;
 * - references: the same against references of few rows;
 * - power: windows until the incident for planted changes;
 * - roc: the same beside single-window statistics, at thresholds that raise as many false alarms in `--windows` unchanged windows;
 * - seasonal: both where rows go with the calendar, compared by hour of the week and with the whole reference.
 *
 * Beside calibration and power: Evidently, NannyML and single-window tests over `--others` windows of the same rows, by Python and
 * packages from PyPI; beside roc how far its statistics are from theirs. 0 leaves them out.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { machine } from './machine.ts';
import { calibrate } from './monitor/calibration.ts';
import { conceptDrift } from './monitor/concept-drift.ts';
import { referenceProfile } from './monitor/detector.ts';
import { runOtherTools, type WindowSet } from './monitor/other-tools.ts';
import { pageLoad } from './monitor/page-load.ts';
import { CHANGES, measurePower, SHIFTS, writeShifted } from './monitor/power.ts';
import { againstTools } from './monitor/roc/against-tools.ts';
import { measureRoc } from './monitor/roc/roc.ts';
import { RowSource } from './monitor/row-source.ts';
import { watchSeason } from './monitor/seasonal.ts';
import { againstSmallReferences } from './monitor/small-references.ts';
import { throughput } from './monitor/throughput.ts';

const { values: flags } = parseArgs({
  options: {
    only: { type: 'string' },
    windows: { type: 'string', default: '100000' },
    others: { type: 'string', default: '500' },
    rows: { type: 'string', default: '100,500,5000' },
    streams: { type: 'string', default: '50' },
    persistence: { type: 'string', default: '2' },
  },
});
const sizes = flags.rows.split(',').map(Number);
const [windows, others, streams] = [flags.windows, flags.others, flags.streams].map(Number) as [number, number, number];
const persistence = Number(flags.persistence);
const wanted = (part: string): boolean => flags.only === undefined || flags.only === part;
const folder = mkdtempSync(join(tmpdir(), 'millrace-monitor-'));

function calibration(): void {
  console.log('ours: incidents in one stream of unchanged windows');
  const profile = referenceProfile(new RowSource(1), false);
  console.table(
    Object.fromEntries(
      sizes.map((rows) => {
        const { incidents, seconds } = calibrate(profile, rows, windows, persistence);
        return [`${rows} rows`, { windows, incidents, 'per 1,000 windows': (1000 * incidents) / windows, seconds }];
      }),
    ),
  );
}

function references(): void {
  console.log(`ours: incidents per 1,000 of ${windows} unchanged windows, by rows of the reference`);
  const table = [300, 500, 1000, 2000].map((size) => [
    `${size} rows`,
    Object.fromEntries(sizes.map((rows) => [`windows of ${rows}`, againstSmallReferences(size, rows, windows)])),
  ]);
  console.table(Object.fromEntries(table));
}

function power(): void {
  console.log(`ours: median windows to the incident, found and named right in ${streams} streams`);
  const profile = referenceProfile(new RowSource(2), true);
  const table = CHANGES.flatMap((change) =>
    [0.1, 0.02].map((floor) => [
      `${change.name}, floor ${floor}`,
      Object.fromEntries(
        sizes.map((rows) => {
          const { medianWindows, found, namedRight } = measurePower(
            profile,
            rows,
            { floor, persistence },
            change,
            streams,
          );
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

const FALSE_PER_1000 = [1, 0.1];
/** The tools are slow, and a few windows show whether a statistic is theirs. */
const COMPARED = 20;

async function roc(): Promise<void> {
  console.log(
    `windows to the alarm, median of ${streams} streams; in brackets those that found it, and named it first`,
  );
  for (const rows of sizes) {
    console.log(`windows of ${rows} rows, thresholds for ${FALSE_PER_1000.join(' and ')} false alarms in 1,000`);
    console.table(measureRoc(rows, windows, streams, FALSE_PER_1000));
  }
  const compared = Math.min(others, COMPARED);
  if (compared > 0) console.table({ 'largest relative difference': await againstTools(sizes, compared, folder) });
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
  const profile = referenceProfile(new RowSource(1), false);
  const sets: WindowSet[] = sizes.flatMap((size) => [
    ...(wanted('calibration')
      ? [calibrate(profile, size, others, persistence, { windows: others, folder }).kept].flatMap((set) => set ?? [])
      : []),
    ...(wanted('power') ? SHIFTS.map((sd) => writeShifted(sd, size, streams, folder)) : []),
  ]);
  const results = await runOtherTools(folder, sets, new RowSource(1));
  console.log('others: windows with an alarm');
  console.table(
    Object.fromEntries(
      results.map(({ set, tool, alarms }) => [
        `${tool}, ${set}`,
        { windows: alarms.length, 'per 1,000 windows': (1000 * alarms.filter(Boolean).length) / alarms.length },
      ]),
    ),
  );
}

console.table(machine('none'));
try {
  if (wanted('throughput')) console.table({ counting: await throughput(5) });
  if (wanted('page')) console.table({ page: await pageLoad(10) });
  if (wanted('calibration') && windows > 0) calibration();
  if (wanted('references')) references();
  if (wanted('power')) power();
  if (wanted('roc')) await roc();
  if (wanted('seasonal')) seasonal();
  if (others > 0 && (wanted('calibration') || wanted('power'))) await compare();
} finally {
  rmSync(folder, { recursive: true });
}
