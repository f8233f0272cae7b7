import { serviceProcess } from '@millrace/platform';

import { createScorer } from './create-scorer.ts';

await serviceProcess({ scorer: createScorer });
