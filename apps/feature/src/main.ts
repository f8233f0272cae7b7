import { serviceProcess } from '@millrace/platform';

import { createFeature } from './create-feature.ts';

await serviceProcess({ feature: createFeature });
