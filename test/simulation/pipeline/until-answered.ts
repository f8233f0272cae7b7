import { isAppError } from '@millrace/core';

import type { Host } from '../world/host.ts';

const AGAIN_MS = 500;

/** A process that finds no log at its start ends, and is started again; here it waits. */
export async function untilAnswered(host: Host, ask: () => Promise<void>): Promise<void> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!isAppError(error) || error.class !== 'retry') throw error;
      await host.sleep(AGAIN_MS);
    }
  }
}
