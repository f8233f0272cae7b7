import { serviceProcess } from '@millrace/platform';

import { ALL_SERVICES } from './all-services.ts';

await serviceProcess(ALL_SERVICES);
