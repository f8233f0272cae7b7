/**
 * What the micro-batcher itself costs per row: submissions through executors that answer at once.
 *
 *     node --conditions=@millrace/source libs/batching/bench/batcher.ts
 *
 * Medians of seven rounds, in microseconds of one core.
 */
import { MicroBatcher } from '@millrace/batching';
import { SystemClock } from '@millrace/core';

const ROUNDS = 7;
const ROWS_A_ROUND = 400_000;
const MAX_ROWS = 256;
const clock = new SystemClock();
const executor = { run: async (rows: readonly number[]): Promise<readonly number[]> => rows };

/** Submissions of so many rows, so many of them under way: microseconds per row. */
async function round(rowsEach: number, underWay: number): Promise<number> {
  const options = { clock, maxRows: MAX_ROWS, deadlineMs: 20, bounds: { rows: MAX_ROWS * 64, bytes: 1 << 26 } };
  const batcher = new MicroBatcher({ executors: [executor, executor], ...options });
  const rows = Array.from({ length: rowsEach }, (_, i) => i);
  const start = process.cpuUsage();
  let left = ROWS_A_ROUND / rowsEach;
  const submitter = async (): Promise<void> => {
    while (left-- > 0) await batcher.submit(rows);
  };
  await Promise.all(Array.from({ length: underWay }, submitter));
  const { user, system } = process.cpuUsage(start);
  return (user + system) / ROWS_A_ROUND;
}

console.log('rows each\tunder way\tµs/row');
for (const [rowsEach, underWay] of [
  [256, 8],
  [256, 64],
  [16, 100],
  [1, 1],
  [1, 64],
  [1, 2000],
] as const) {
  const costs: number[] = [];
  for (let i = 0; i < ROUNDS; i++) costs.push(await round(rowsEach, underWay));
  console.log(`${rowsEach}\t${underWay}\t${costs.toSorted((a, b) => a - b)[ROUNDS >> 1]?.toFixed(3)}`);
}
