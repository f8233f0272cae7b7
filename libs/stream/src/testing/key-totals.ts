import { JournaledState } from '@millrace/core';
import type { InboundRecord } from '@millrace/records';

import type { StateMarker, TaskState } from '../stage.ts';

/** A total by key, of one partition: a state that one can predict by hand. Its whole topic is its changelog. */
export class KeyTotals extends JournaledState implements TaskState {
  readonly #amountOf: (record: InboundRecord) => number | null;
  readonly #totals = new Map<string, number>();
  #keepFrom: number | null = null;

  /** @param amountOf what a record added, in a restore; null: nothing, it became a dead letter */
  constructor(amountOf: (record: InboundRecord) => number | null) {
    super();
    this.#amountOf = amountOf;
  }

  /** @returns the total of the record's key */
  add(record: InboundRecord, amount: number): number {
    const key = String(record.key);
    const before = this.#totals.get(key);
    const keptBefore = this.#keepFrom;
    this.journal.record(() => {
      if (before === undefined) this.#totals.delete(key);
      else this.#totals.set(key, before);
      this.#keepFrom = keptBefore;
    });
    this.#keepFrom ??= record.offset;
    const total = (before ?? 0) + amount;
    this.#totals.set(key, total);
    return total;
  }

  marker(): StateMarker {
    return { keepFrom: this.#keepFrom, body: new Uint8Array() };
  }

  load(): void {}

  restore(records: readonly InboundRecord[]): void {
    for (const record of records) {
      const amount = this.#amountOf(record);
      if (amount !== null) this.add(record, amount);
    }
  }

  restored(): void {}
}
