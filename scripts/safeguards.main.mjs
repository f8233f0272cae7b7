/**
 * `npm run safeguards [-- FILE …] [--only NAME]`: switches each of the Kafka client's safeguards off in turn, runs tests
 * and prints which of them fail. Ends with 1 where none does, or where one fails with all safeguards on.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';

import { findLog } from './log/find-log.mjs';
import { runCommand } from './log/run-command.mjs';
import { step } from './step.mjs';

const CLIENT = ['libs/kafka/', 'test/integrity/'];
const TIMEOUTS = ['--testTimeout=30000', '--hookTimeout=90000'];
const LIMIT_MS = 900_000;
const NO_REPORT = { numTotalTests: 0, testResults: [] };

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { only: { type: 'string', multiple: true } },
});
const files = positionals.length > 0 ? positionals : CLIENT;
const folder = mkdtempSync(join(tmpdir(), 'millrace-safeguards-'));

/** The tests that fail, as `file: name`. */
async function failures(brokers, without) {
  const report = join(folder, `${without ?? 'all-on'}.json`);
  const projects = ['unit', 'integrity'].flatMap((name) => ['--project', name]);
  const args = ['run', ...projects, ...TIMEOUTS, '--reporter=json', `--outputFile=${report}`, ...files];
  const env = { ...process.env, MILLRACE_TEST_BROKERS: brokers, LOG_LEVEL: 'silent', NODE_ENV: 'test' };
  if (without !== undefined) env.MILLRACE_TEST_WITHOUT = without;
  await runCommand('vitest', args, { timeoutMs: LIMIT_MS, env }).catch(() => undefined);
  const { numTotalTests, testResults } = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : NO_REPORT;
  if (numTotalTests === 0) throw new Error(`with ${without ?? 'nothing'} switched off no test ran: ${files.join(' ')}`);
  return testResults.flatMap(({ name, assertionResults }) =>
    assertionResults
      .filter(({ status }) => status === 'failed')
      .map(({ fullName }) => `${basename(name)}: ${fullName}`),
  );
}

async function matrix(brokers) {
  const { SAFEGUARDS } = await import('@millrace/kafka/testing');
  const standing = await failures(brokers);
  console.log(
    `all on: ${standing.length === 0 ? 'no test fails' : `these fail anyway:\n  ${standing.join('\n  ')}`}\n`,
  );
  let uncaught = 0;
  for (const [name, consequence] of Object.entries(SAFEGUARDS)) {
    if (values.only && !values.only.includes(name)) continue;
    const caught = (await failures(brokers, name)).filter((test) => !standing.includes(test));
    if (caught.length === 0) uncaught++;
    console.log(`without ${name} (${consequence}): ${caught.length === 0 ? 'NO TEST FAILS' : `${caught.length} fail`}`);
    for (const test of caught) console.log(`  ${test}`);
  }
  return uncaught === 0 && standing.length === 0;
}

if ((await step('tsc', ['-b'])) !== 0) process.exit(1);
const given = process.env.MILLRACE_TEST_BROKERS;
const log = given === undefined ? await findLog({ say: (line) => console.log(line) }) : null;
try {
  process.exitCode = (await matrix(given ?? log.brokers)) ? 0 : 1;
} finally {
  await log?.stop();
  rmSync(folder, { recursive: true, force: true });
}
