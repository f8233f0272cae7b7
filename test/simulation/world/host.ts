import type { Clock } from '@millrace/core';

import type { Dice } from './dice.ts';
import { EPOCH_MS, type World } from './world.ts';

/**
 * The machine that one simulated process runs on. Whatever comes to the process from outside (a timer, an answer) passes
 * `deliver`: a dead one gets nothing more, a frozen one gets it all when it wakes.
 */
export class Host implements Clock {
  readonly name: string;
  readonly dice: Dice;
  readonly #world: World;
  readonly #bootedMs: number;
  #skewMs = 0;
  #state: 'running' | 'frozen' | 'dead' = 'running';
  #held: (() => void)[] = [];

  constructor(name: string, world: World, dice: Dice) {
    this.name = name;
    this.dice = dice;
    this.#world = world;
    this.#bootedMs = world.nowMs;
  }

  get state(): 'running' | 'frozen' | 'dead' {
    return this.#state;
  }

  now(): number {
    return EPOCH_MS + Math.floor(this.#world.nowMs + this.#skewMs);
  }

  elapsed(): number {
    return this.#world.nowMs - this.#bootedMs;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = this.#world.after(ms, () => this.deliver(resolve));
      const wake = (): void => {
        timer.act = null;
        resolve();
      };
      signal?.addEventListener('abort', wake, { once: true });
    });
  }

  random(): number {
    return this.dice.next();
  }

  deliver(act: () => void): void {
    if (this.#state === 'running') act();
    else if (this.#state === 'frozen') this.#held.push(act);
  }

  /** The wall clock jumps; `elapsed` does not. */
  jump(ms: number): void {
    this.#skewMs += ms;
  }

  freeze(): void {
    if (this.#state === 'running') this.#state = 'frozen';
  }

  /** What came meanwhile comes now, one after the other. */
  thaw(): void {
    if (this.#state !== 'frozen') return;
    this.#state = 'running';
    for (const act of this.#held.splice(0)) this.#world.after(0, () => this.deliver(act));
  }

  crash(): void {
    this.#state = 'dead';
    this.#held = [];
  }
}
