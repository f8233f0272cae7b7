import { serviceProcess } from '@millrace/platform';

import { createMonitor } from './create-monitor.ts';

await serviceProcess({ monitor: createMonitor });
