import type { AppError } from '@millrace/core';
import { partitionKey, type InboundRecord } from '@millrace/records';

/** The one record whose outputs the log does not take. */
interface Culprit {
  readonly partition: string;
  readonly offset: number;
  readonly error: AppError;
}

/**
 * A transaction that the log refuses for its records (`RECORD_REFUSED`) comes again in halves until the culprit is
 * alone; it is then given up, and the limit grows back.
 */
export class Caution {
  readonly #most: number;
  #limit: number | null = null;
  #culprit: Culprit | null = null;

  constructor(mostRecords: number) {
    this.#most = mostRecords;
  }

  /** How many records the next transaction may have; null: no bound from here. */
  get limit(): number | null {
    return this.#limit;
  }

  /** Why this record must not be processed but given up; null for all others. */
  verdict(records: readonly InboundRecord[]): AppError | null {
    const [first] = records;
    return first && this.#culprit && isCulprit(this.#culprit, first) ? this.#culprit.error : null;
  }

  /** @returns whether to try again: not where the log refuses even what became of the culprit */
  refused(records: readonly InboundRecord[], error: AppError): boolean {
    const [first] = records;
    if (!first || this.verdict(records)) return false;
    this.#limit = Math.max(1, records.length >> 1);
    if (records.length === 1) this.#culprit = { partition: partitionKey(first), offset: first.offset, error };
    return true;
  }

  committed(records: readonly InboundRecord[]): void {
    if (this.#limit === null || records.length === 0) return;
    if (this.#culprit && this.verdict(records)) this.#culprit = null;
    if (!this.#culprit) this.#limit = this.#limit >= this.#most ? null : this.#limit * 2;
  }
}

function isCulprit(culprit: Culprit, record: InboundRecord): boolean {
  return record.offset === culprit.offset && partitionKey(record) === culprit.partition;
}
