/**
 * `npm run bench -- monitor [--windows 100000] [--others 500] [--rows 100,500,5000]`: the monitor's statistics in process, no log. How fast rows are
 * counted; how often the detector is wrong on unchanged data, beside Evidently, NannyML and KS tests over the first
 * windows of the same rows (Python and PyPI; `--others 0` leaves them out); how many windows it takes for planted changes.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { machine } from './machine.ts';
import { calibrate } from './monitor/calibration.ts';
import { referenceProfile } from './monitor/detector.ts';
import { runOtherTools, type WindowSet } from './monitor/other-tools.ts';
import { FEATURES, REFERENCE_ROWS, RowSource } from './monitor/row-source.ts';

const { values: flags } = parseArgs({
  options: {
    windows: { type: 'string', default: '100000' },
    others: { type: 'string', default: '500' },
    rows: { type: 'string', default: '100,500,5000' },
  },
});
const sizes = flags.rows.split(',').map(Number);
const windows = Number(flags.windows);
const others = Math.min(windows, Number(flags.others));

/** The default rules of others over the same windows. */
async function compare(sets: readonly WindowSet[]): Promise<void> {
  const source = new RowSource(1);
  const rows = Array.from({ length: REFERENCE_ROWS }, () => source.next().slice());
  writeFileSync(join(folder, 'reference.bin'), Buffer.concat(rows.map(({ buffer }) => Buffer.from(buffer))));
  writeFileSync(join(folder, 'index.json'), JSON.stringify({ features: FEATURES, reference: 'reference.bin', sets }));
  console.log('windows with an alarm, of 1,000 unchanged ones');
  const results = await runOtherTools(folder);
  console.table(
    Object.fromEntries(
      results.map(({ set, tool, alarms }) => [
        `${tool}, ${set} rows`,
        { windows: alarms.length, 'per 1,000 windows': (1000 * alarms.filter(Boolean).length) / alarms.length },
      ]),
    ),
  );
}

console.table(machine('none'));
const folder = mkdtempSync(join(tmpdir(), 'millrace-monitor-'));
try {
  const profile = referenceProfile(new RowSource(1), false);
  const calibrations = sizes.map((rows) => {
    const found = calibrate(profile, rows, windows, others, folder);
    console.log(JSON.stringify(found.calibration));
    return found;
  });
  console.log('incidents per 1,000 unchanged windows');
  console.table(
    Object.fromEntries(
      calibrations.map(({ calibration: { rows, windows, incidents } }) => [
        `ours, ${rows} rows`,
        { windows, 'per 1,000 windows': (1000 * incidents) / windows },
      ]),
    ),
  );
  if (others > 0) await compare(calibrations.map(({ set }) => set));
} finally {
  rmSync(folder, { recursive: true });
}
