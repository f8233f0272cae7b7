import { isAppError, type Clock } from '@millrace/core';

/** How long a start waits for its store: one that is being restarted comes back within it, and an address that is none is not waited for long. */
const START_MS = 60_000;
const AGAIN_MS = 1000;

export interface AwaitStoreOptions {
  readonly clock: Clock;
  readonly warn: (message: string) => void;
  /** Nobody wants it to start any more. */
  readonly signal: AbortSignal;
}

/**
 * What a service needs of its model store to start, asked for again while the store does not answer: for a minute.
 *
 * @throws AppError `MODEL_STORE_UNREACHABLE` after that minute or with the signal, and at once whatever else `ask` throws
 */
export async function awaitStore<T>(ask: () => Promise<T>, { clock, warn, signal }: AwaitStoreOptions): Promise<T> {
  const endsAtMs = clock.elapsed() + START_MS;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!isAppError(error, 'MODEL_STORE_UNREACHABLE') || clock.elapsed() >= endsAtMs) throw error;
      warn(`the start waits for the model store, for a minute at most: ${error.detail}`);
      await clock.sleep(AGAIN_MS, signal);
      if (signal.aborted) throw error;
    }
  }
}
