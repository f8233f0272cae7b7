import { writeFileSync } from 'node:fs';

import type { Reporter, SerializedError, TestCase, TestModule } from 'vitest/node';

/** What the process of a file that it did not survive leaves, in the words of Vitest. */
const DIED = /Worker exited unexpectedly(?: with (?:signal|code) \S+)?.* while running test file (.+)$/;

/** Nothing was found wrong; something did not come in time. */
const TOO_LATE = /Matcher did not succeed in time|(?:Test|Hook) timed out in/;

/** What came of a file of tests. */
interface FileOutcome {
  readonly file: string;
  readonly counts: Readonly<Record<'passed' | 'failed' | 'skipped', number>>;
  readonly failures: readonly string[];
  /** What passed at the second try alone. */
  readonly second: readonly string[];
  /** Whether something failed, and all that did only ran out of time. */
  readonly late: boolean;
}

/**
 * Leaves what came of each file in that which `MILLRACE_TEST_COUNTS` names; the script counts it, and prints it at its end.
 * `died`: files, none of whose tests count, since native code ended their process. `errors`: of no test.
 */
export default class ClosingLineReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    const reasons = unhandled.map(reasonOf);
    const died = reasons.flatMap((reason) => DIED.exec(reason)?.[1] ?? []);
    const errors = reasons.filter((reason) => !DIED.test(reason));
    const files = modules.filter(({ moduleId }) => !died.includes(moduleId)).map(outcomeOf);
    const file = process.env['MILLRACE_TEST_COUNTS'];
    if (file) writeFileSync(file, JSON.stringify({ files, died, errors }));
  }
}

function outcomeOf(module: TestModule): FileOutcome {
  const file = module.relativeModuleId;
  const tests = [...module.children.allTests()];
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const test of tests) {
    const { state } = test.result();
    if (state !== 'pending') counts[state]++;
  }
  const named = (which: readonly TestCase[]): string[] => which.map(({ fullName }) => `${file}: ${fullName}`);
  const failed = tests.filter((test) => test.result().state === 'failed');
  const failures = named(failed);
  const errors = [...module.errors(), ...failed.flatMap((test) => test.result().errors ?? [])];
  if (module.state() === 'failed' && failed.length === 0) {
    counts.failed++;
    failures.push(`${file}: ${module.errors()[0]?.message ?? 'it could not be run'}`);
  }
  const second = named(tests.filter((test) => test.diagnostic()?.flaky));
  const late = errors.length > 0 && errors.map(reasonOf).every((reason) => TOO_LATE.test(reason));
  return { file, counts, failures, second, late };
}

/** Which file it was that its process did not survive is in the cause. */
function reasonOf(error: SerializedError): string {
  return [error.message, (error.cause as SerializedError | undefined)?.message].filter(Boolean).join(' ');
}
