import { writeFileSync } from 'node:fs';

import type { Reporter, SerializedError, TestModule } from 'vitest/node';

/** What the process of a file that it did not survive leaves, in the words of Vitest. */
const DIED = /Worker exited unexpectedly(?: with (?:signal|code) \S+)?.* while running test file (.+)$/;

/**
 * Leaves the counts of a run, and what failed, in the file that `MILLRACE_TEST_COUNTS` names; the script prints them at its
 * end. `second`: what passed at the second try alone. `died`: files, none of whose tests count, since native code ended
 * their process.
 */
export default class ClosingLineReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[]): void {
    const counts = { passed: 0, failed: 0, skipped: 0 };
    const [failures, second]: [string[], string[]] = [[], []];
    const reasons = errors.map(reasonOf);
    const died = reasons.flatMap((reason) => DIED.exec(reason)?.[1] ?? []);
    for (const module of modules) {
      if (died.includes(module.moduleId)) continue;
      const tests = [...module.children.allTests()];
      for (const test of tests) {
        const { state } = test.result();
        if (state !== 'pending') counts[state]++;
        if (state === 'failed') failures.push(`${module.relativeModuleId}: ${test.fullName}`);
        if (test.diagnostic()?.flaky) second.push(`${module.relativeModuleId}: ${test.fullName}`);
      }
      if (module.state() === 'failed' && !tests.some((test) => test.result().state === 'failed')) {
        counts.failed++;
        failures.push(`${module.relativeModuleId}: ${module.errors()[0]?.message ?? 'it could not be run'}`);
      }
    }
    failures.push(...reasons.filter((reason) => !DIED.test(reason)));
    const file = process.env['MILLRACE_TEST_COUNTS'];
    if (file) writeFileSync(file, JSON.stringify({ counts, failures, second, died }));
  }
}

/** Which file it was that its process did not survive is in the cause. */
function reasonOf(error: SerializedError): string {
  return [error.message, (error.cause as SerializedError | undefined)?.message].filter(Boolean).join(' ');
}
