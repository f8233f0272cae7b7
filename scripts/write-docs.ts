/** Writes the pages of `docs/` that are made from code. Tests see that they are as the code says. */
import { writeFileSync } from 'node:fs';

import { describeErrors } from '../libs/core/src/describe-errors.ts';

writeFileSync(new URL('../docs/errors.md', import.meta.url), describeErrors());
