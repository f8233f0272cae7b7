import { SystemClock } from '@millrace/core';
import { logContract, runnerContract } from '@millrace/stream/testing';

import { MemoryLog } from './memory-log.ts';

const open = async (): Promise<MemoryLog> => new MemoryLog({ clock: new SystemClock() });

logContract('the memory log', open);
runnerContract('the memory log', open);
