import type { MemoryBrokerOptions } from '@millrace/memory-log';

import type { Dice } from './dice.ts';
import type { World } from './world.ts';

/** How long the end of a transaction takes to reach each partition and group that took part. */
export class MarkerDelays {
  readonly #world: World;
  readonly #dice: Dice;
  #slowUntilMs = 0;
  #mostMs = 0;

  constructor(world: World, dice: Dice) {
    this.#world = world;
    this.#dice = dice;
  }

  slow(forMs: number, mostMs: number): void {
    this.#slowUntilMs = this.#world.nowMs + forMs;
    this.#mostMs = mostMs;
  }

  readonly tellEnd: NonNullable<MemoryBrokerOptions['tellEnd']> = (_, tell) => {
    const most = this.#world.nowMs < this.#slowUntilMs ? this.#mostMs : 2;
    this.#world.after(this.#dice.next() * most, tell);
  };
}
