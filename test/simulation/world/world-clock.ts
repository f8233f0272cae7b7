import type { Clock } from '@millrace/core';

import { EPOCH_MS, type World } from './world.ts';

/** The broker's clock: it never jumps and never stands. */
export class WorldClock implements Clock {
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  now(): number {
    return EPOCH_MS + Math.floor(this.#world.nowMs);
  }

  elapsed(): number {
    return this.#world.nowMs;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = this.#world.after(ms, resolve);
      const wake = (): void => {
        timer.act = null;
        resolve();
      };
      signal?.addEventListener('abort', wake, { once: true });
    });
  }

  /** The broker asks for no chance. */
  random(): number {
    return 0.5;
  }
}
