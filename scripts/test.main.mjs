/** All tests, tier by tier, ended by a line that counts them. `npm test -- --tier unit` runs one tier. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { findBrowser } from './browser/find-browser.mjs';
import { findHelm } from './chart/find-helm.mjs';
import { findEngine } from './containers/find-engine.mjs';
import { leftOut } from './left-out.mjs';
import { findLog } from './log/find-log.mjs';
import { step, wasInterrupted } from './step.mjs';

const TIERS = ['unit', 'chart', 'simulation', 'integrity', 'conformance', 'e2e', 'browser', 'containers'];
const ON_KAFKA = ['integrity', 'conformance', 'e2e'];
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
  const started = Date.now();
  const status = await step(command, args, { ...env, MILLRACE_TEST_COUNTS: file });
  if (wasInterrupted(status)) process.exit(status);
  const whole = { passed: status === 0 ? 1 : 0, failed: status === 0 ? 0 : 1, skipped: 0 };
  const { counts, failures } = env ? readCounts(file, status) : { counts: whole, failures: [] };
  // A tier that ends badly, or in which nothing ran, has failed whatever it counted.
  if (status !== 0 && counts.failed === 0) counts.failed++;
  if (counts.passed + counts.failed === 0) counts.failed++;
  for (const key of Object.keys(total)) total[key] += counts[key];
  const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : '';
  lines.push(
    `${name.padEnd(11)} ${counts.passed} passed, ${counts.failed} failed${skipped} in ${Math.round((Date.now() - started) / 1000)} s`,
    ...failures.map((failure) => `  failed: ${failure}`),
  );
  return status === 0;
}

function readCounts(file, status) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return { counts: { passed: 0, failed: 0, skipped: 0 }, failures: [`ended with ${status} before it could count`] };
  }
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

function runTier(tier) {
  const reporters = ['--reporter=default', '--reporter=./scripts/closing-line-reporter.ts'];
  const env = kafka === null ? ENVIRONMENT : { ...ENVIRONMENT, MILLRACE_TEST_BROKERS: kafka.brokers };
  const args = [VITEST, 'run', '--project', `${tier}*`, ...reporters];
  return run(tier, process.execPath, args, env);
}

const VITEST = join('node_modules', 'vitest', 'vitest.mjs');
const ENVIRONMENT = { LOG_LEVEL: 'silent', OTEL_SDK_DISABLED: 'true', NODE_ENV: 'test' };
const ready = await run('build', 'tsc', ['-b']);
if (ready && values.tier === undefined) await run('check', process.execPath, [join('scripts', 'check.main.mjs')]);
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
