/** Everything that can be seen without running the product: format, lint, types, import rules, dead code. */
import { step, wasInterrupted } from './step.mjs';

const STEPS = [
  ['format', 'oxfmt', ['--check']],
  ['types', 'tsc', ['-b']],
  ['lint', 'oxlint', ['--type-aware', '--deny-warnings']],
  ['imports', 'depcruise', ['--config', '.dependency-cruiser.cjs', '--output-type', 'err', 'libs', 'apps']],
  ['dead code', 'knip', []],
];

const failed = [];
for (const [name, command, args] of STEPS) {
  const status = await step(command, args);
  if (wasInterrupted(status)) process.exit(status);
  if (status !== 0) failed.push(name);
}
console.log(failed.length === 0 ? `check: ${STEPS.length} passed` : `check: failed at ${failed.join(', ')}`);
process.exitCode = failed.length === 0 ? 0 : 1;
