import type { Clock } from '@millrace/core';

import type { MemoryBroker } from '../broker/memory-broker.ts';
import type { Carry } from './carry.ts';

/** What everything that a log hands out works with. */
export interface MemoryClient {
  readonly broker: MemoryBroker;
  /** The client's own. */
  readonly clock: Clock;
  readonly carry: Carry;
}
