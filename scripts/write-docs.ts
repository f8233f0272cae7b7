/** Writes the pages of `docs/` that are made from code. Tests see that they are as the code says. */
import { writeFileSync } from 'node:fs';

import { describeErrors } from '../libs/core/src/describe-errors.ts';
import { describeMetrics } from '../libs/platform/src/metrics/describe-metrics.ts';

writeFileSync(new URL('../docs/errors.md', import.meta.url), describeErrors());
writeFileSync(new URL('../docs/metrics.md', import.meta.url), describeMetrics());
