import { writeFileSync } from 'node:fs';

import type { Reporter, SerializedError, TestModule } from 'vitest/node';

/** Leaves the counts of a run, and what failed, in the file that `MILLRACE_TEST_COUNTS` names; the script prints them at its end. */
export default class ClosingLineReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[]): void {
    const counts = { passed: 0, failed: 0, skipped: 0 };
    const failures: string[] = [];
    for (const module of modules) {
      const tests = [...module.children.allTests()];
      for (const test of tests) {
        const { state } = test.result();
        if (state !== 'pending') counts[state]++;
        if (state === 'failed') failures.push(`${module.relativeModuleId}: ${test.fullName}`);
      }
      if (module.state() === 'failed' && !tests.some((test) => test.result().state === 'failed')) {
        counts.failed++;
        failures.push(`${module.relativeModuleId}: ${module.errors()[0]?.message ?? 'it could not be run'}`);
      }
    }
    for (const error of errors) failures.push(reasonOf(error));
    const file = process.env['MILLRACE_TEST_COUNTS'];
    if (file) writeFileSync(file, JSON.stringify({ counts, failures }));
  }
}

/** Which file it was that its process did not survive is in the cause. */
function reasonOf(error: SerializedError): string {
  return [error.message, (error.cause as SerializedError | undefined)?.message].filter(Boolean).join(' ');
}
