import { serviceProcess } from '@millrace/platform';

import { createIngest } from './create-ingest.ts';

await serviceProcess({ ingest: createIngest });
