import { AppError } from '@millrace/core';

import { decodeLedger, type MergeLedger } from './merge-ledger.ts';

/** In a row. With the runner's back-off that is some 20 s: longer than the end of a transaction takes to be written everywhere. */
const MOST_MISSES = 30;

/**
 * Reads the ledger that a commit speaks of. The two are looked up one after the other, and a transaction that has ended is
 * seen in one partition before it is in another: so one of them may be newer for a moment, and both are read again.
 */
export class LedgerReader {
  readonly #readNewest: () => Promise<Uint8Array | null>;
  #misses = 0;

  /** @param readNewest the newest committed ledger */
  constructor(readNewest: () => Promise<Uint8Array | null>) {
    this.#readNewest = readNewest;
  }

  /** @throws AppError `LOG_UNAVAILABLE` where it is not there yet, or there already is another; `STATE_GAP` where that stays so */
  async upTo(offset: number): Promise<MergeLedger> {
    const bytes = await this.#readNewest();
    const ledger = bytes && decodeLedger(bytes);
    if (ledger?.offset !== offset) throw this.#missed(offset, ledger);
    this.#misses = 0;
    return ledger;
  }

  #missed(offset: number, ledger: MergeLedger | null): AppError {
    const found = ledger ? `one up to ${ledger.offset}` : 'none';
    const what = `the monitor's ledger up to offset ${offset} of its counts is wanted, the log holds ${found}.`;
    if (++this.#misses < MOST_MISSES) return new AppError('LOG_UNAVAILABLE', `${what} It is read again.`);
    return new AppError('STATE_GAP', `${what} Do not delete records of the ledger.`);
  }
}
