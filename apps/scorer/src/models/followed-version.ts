import { isAppError, messageOf, type Clock } from '@millrace/core';
import type { Alias } from '@millrace/records';

import { isLater, type Champion } from './champion.ts';

/** Between tries to load what a store has that does not answer; it is asked four times in each. */
const AGAIN_MS = 1000;

export interface FollowedVersionOptions {
  readonly alias: Alias;
  readonly clock: Clock;
  readonly load: (version: string) => Promise<unknown>;
  /** The doors answer with another one from now on. */
  readonly onSwitched: (to: Champion) => void;
  readonly warn: (message: string) => void;
}

/** The version that an alias names, as the doors of this instance have it: the one before, until the next is loaded. */
export class FollowedVersion {
  readonly #options: FollowedVersionOptions;
  readonly #closed = new AbortController();
  #current: Champion | null = null;
  /** What the doors are to have, once it is loaded. */
  #coming: Champion | null = null;
  #problem: string | null = null;

  constructor(options: FollowedVersionOptions) {
    this.#options = options;
  }

  get current(): Champion | null {
    return this.#current;
  }

  /** Those that must stay loaded. */
  get needed(): readonly string[] {
    return [this.#current, this.#coming].flatMap((one) => one?.version ?? []);
  }

  /** Why the doors do not have what is in force; null: they do. */
  get problem(): string | null {
    return this.#problem;
  }

  /** With one that is loaded. */
  begin(version: Champion): void {
    this.#current = version;
  }

  async follow(next: Champion): Promise<void> {
    const latest = this.#coming ?? this.#current;
    if (next.number === null || (latest !== null && !isLater(next.number, latest))) return;
    this.#coming = next;
    if (!(await this.#comes(next))) return;
    this.#problem = null;
    this.#current = next;
    this.#options.onSwitched(next);
  }

  close(): void {
    this.#closed.abort();
  }

  /** However long the store is away. False: another one is to come, or it cannot be loaded. */
  async #comes(next: Champion): Promise<boolean> {
    const { alias, clock, load, warn } = this.#options;
    const { signal } = this.#closed;
    const isNext = (): boolean => this.#coming === next && !signal.aborted;
    while (isNext()) {
      const error: unknown = await load(next.version).then(
        () => null,
        (reason: unknown) => reason,
      );
      if (!isNext()) return false;
      if (error === null) return true;
      const passes = isAppError(error, 'MODEL_STORE_UNREACHABLE');
      this.#problem = `version ${next.version} is ${alias} and cannot be loaded: ${messageOf(error)}`;
      warn(passes ? `${this.#problem} It is tried again; the one before stays at the doors.` : this.#problem);
      if (!passes) return false;
      await clock.sleep(AGAIN_MS, signal);
    }
    return false;
  }
}
