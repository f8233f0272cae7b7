/** All tests, tier by tier, ended by a line that counts them. `npm test -- --tier unit` runs one tier. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { audit } from './audit.mjs';
import { findBrowser } from './browser/find-browser.mjs';
import { findHelm } from './chart/find-helm.mjs';
import { findEngine } from './containers/find-engine.mjs';
import { leftOut } from './left-out.mjs';
import { findLog } from './log/find-log.mjs';
import { step, wasInterrupted } from './step.mjs';

const TIERS = ['unit', 'chart', 'simulation', 'integrity', 'conformance', 'e2e', 'browser', 'containers'];
const ON_KAFKA = ['integrity', 'conformance', 'e2e'];
/** What fails in these runs once more, since a machine may stall, and is named at the end where it passes then. */
const SECOND_TRY = ['unit', 'chart', 'conformance', 'browser'];
/**
 * These look for what is lost, doubled or out of order: what finds that has no second try. A file in which nothing but time ran out
 * has one, as a whole.
 */
const SECOND_TRY_IF_LATE = ['integrity', 'e2e'];
/** What looks for that which a tier needs and a machine may well lack. */
const NEEDS = { chart: findHelm, browser: findBrowser, containers: findEngine };
const { values } = parseArgs({ options: { tier: { type: 'string', multiple: true } } });
const wanted = values.tier ?? TIERS;
const unknown = wanted.find((tier) => !TIERS.includes(tier));
if (unknown !== undefined) {
  console.error(`there is no tier "${unknown}"; the tiers are ${TIERS.join(', ')}`);
  process.exit(2);
}

const folder = mkdtempSync(join(tmpdir(), 'millrace-test-'));
const total = { passed: 0, failed: 0, skipped: 0 };
const lines = [];

async function run(name, command, args, env) {
  const file = join(folder, `${name}.json`);
  rmSync(file, { force: true });
  const status = await step(command, args, { ...env, MILLRACE_TEST_COUNTS: file });
  if (wasInterrupted(status)) process.exit(status);
  if (env) return { status, ...readOutcome(file, status) };
  const counts = { passed: status === 0 ? 1 : 0, failed: status === 0 ? 0 : 1, skipped: 0 };
  return { status, files: [{ file: name, counts, failures: [], second: [] }], died: [], errors: [] };
}

function readOutcome(file, status) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return { files: [], died: [], errors: [`ended with ${status} before it could count`] };
  }
}

/** Says what came of a part, and whether all of it is well. */
function close(name, started, { status, files, died, errors, again = [] }) {
  const ended = died.map((file) => `${file}: native code ended its process`);
  const failed = [...files.flatMap(({ failures }) => failures), ...errors, ...ended];
  const counts = { passed: 0, failed: died.length, skipped: 0 };
  for (const key of Object.keys(counts)) for (const file of files) counts[key] += file.counts[key];
  // What ends badly, or in which nothing ran, has failed whatever it counted.
  if (counts.failed === 0 && (status !== 0 || counts.passed === 0)) counts.failed++;
  for (const key of Object.keys(total)) total[key] += counts[key];
  const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : '';
  lines.push(
    `${name.padEnd(11)} ${counts.passed} passed, ${counts.failed} failed${skipped} in ${Math.round((Date.now() - started) / 1000)} s`,
    ...failed.map((one) => `  failed: ${one}`),
    ...[...files.flatMap(({ second }) => second), ...again].map((one) => `  passed at the second try: ${one}`),
  );
  return counts.failed === 0;
}

async function runWhole(name, command, args) {
  const started = Date.now();
  return close(name, started, await run(name, command, args));
}

async function runAudit() {
  const started = Date.now();
  const { found, why } = await audit('.');
  if (why !== null)
    return lines.push(`audit       NOT RUN, and counted as nothing: dependencies were not audited: ${why}`);
  const counts = { passed: found.length === 0 ? 1 : 0, failed: found.length, skipped: 0 };
  const files = [{ file: 'audit', counts, failures: found, second: [] }];
  close('audit', started, { status: 0, files, died: [], errors: [] });
}

/** One broker for all tiers; null, and one message, where none can be had. */
async function startKafka() {
  try {
    return await findLog({ say: (line) => console.log(line) });
  } catch (error) {
    console.error(`\n${error.message}`);
    return null;
  }
}

function missing(tier) {
  total.failed++;
  lines.push(`${tier.padEnd(11)} 0 passed, 1 failed: there is no Kafka to run on`);
}

async function runIfFound(tier) {
  const say = (text) => console.log(text);
  const { failed, line } = await leftOut(NEEDS[tier], { asked: values.tier !== undefined, say });
  if (line === null) return runTier(tier);
  total.failed += failed;
  lines.push(`${tier.padEnd(11)} ${line}`);
}

async function runTier(tier) {
  const started = Date.now();
  const first = await runFiles(tier, []);
  const files = worthASecondTry(tier, first);
  close(tier, started, files.length > 0 ? afterSecondTry(first, files, await runFiles(tier, files)) : first);
}

/** Files to run once more, in processes of their own. */
function worthASecondTry(tier, { files, died }) {
  if (SECOND_TRY.includes(tier)) return died;
  return SECOND_TRY_IF_LATE.includes(tier) ? files.filter(({ late }) => late).map(({ file }) => file) : [];
}

function afterSecondTry(first, tried, again) {
  const passed = (file) => again.files.some((one) => one.counts.failed === 0 && file.endsWith(one.file));
  const late = first.files.filter(({ file }) => tried.includes(file) && passed(file));
  const ended = first.died.filter((file) => tried.includes(file) && passed(file));
  return {
    status: first.errors.length > 0 ? first.status : again.status,
    files: [...first.files.filter(({ file }) => !tried.includes(file)), ...again.files],
    died: [...first.died.filter((file) => !tried.includes(file)), ...again.died],
    errors: [...first.errors, ...again.errors],
    again: [
      ...late.flatMap(({ failures }) => failures).map((one) => `${one}, which had run out of time`),
      ...ended.map((file) => `${file}, whose process native code had ended`),
    ],
  };
}

function runFiles(tier, files) {
  const reporters = ['--reporter=default', '--reporter=./scripts/closing-line-reporter.ts'];
  const env = kafka === null ? ENVIRONMENT : { ...ENVIRONMENT, MILLRACE_TEST_BROKERS: kafka.brokers };
  const retry = SECOND_TRY.includes(tier) ? ['--retry=1'] : [];
  return run(tier, process.execPath, [VITEST, 'run', '--project', `${tier}*`, ...reporters, ...retry, ...files], env);
}

const VITEST = join('node_modules', 'vitest', 'vitest.mjs');
const ENVIRONMENT = { LOG_LEVEL: 'silent', OTEL_SDK_DISABLED: 'true', NODE_ENV: 'test' };
const ready = await runWhole('build', 'tsc', ['-b']);
if (ready && values.tier === undefined) await runWhole('check', process.execPath, [join('scripts', 'check.main.mjs')]);
if (ready && values.tier === undefined) await runAudit();
const kafka = ready && wanted.some((tier) => ON_KAFKA.includes(tier)) ? await startKafka() : null;
for (const tier of ready ? wanted : []) {
  if (tier in NEEDS) await runIfFound(tier);
  else if (ON_KAFKA.includes(tier) && kafka === null) missing(tier);
  else await runTier(tier);
}
await kafka?.stop();
rmSync(folder, { recursive: true, force: true });
console.log(`\n${lines.join('\n')}\n`);
console.log(`${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}`);
process.exitCode = total.failed === 0 ? 0 : 1;
