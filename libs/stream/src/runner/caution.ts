import type { AppError } from '@millrace/core';
import { partitionKey, type InboundRecord, type TopicPartition } from '@millrace/records';

/** A record whose outputs the log does not take. */
interface Culprit {
  readonly offset: number;
  readonly error: AppError;
}

/**
 * A transaction that the log refuses for its records (`RECORD_REFUSED`) comes again in halves until the culprit is
 * alone; it is then given up. The limit grows back when all that was refused has been passed: before that, growing
 * would put the culprit among neighbours of other partitions again, for ever while these have news.
 */
export class Caution {
  readonly #most: number;
  #limit: number | null = null;
  /** The last offset of each partition in the batch that was refused last. */
  readonly #suspects = new Map<string, number>();
  /** By partition, until they are given up: others may be found before it is their turn again. */
  readonly #culprits = new Map<string, Culprit>();

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
    const culprit = first && this.#culprits.get(partitionKey(first));
    return culprit && culprit.offset === first?.offset ? culprit.error : null;
  }

  /** @returns whether to try again: not where the log refuses even what became of the culprit */
  refused(records: readonly InboundRecord[], error: AppError): boolean {
    const [first] = records;
    if (!first || this.verdict(records)) return false;
    this.#limit = Math.max(1, records.length >> 1);
    this.#suspects.clear();
    for (const record of records) this.#suspects.set(partitionKey(record), record.offset);
    if (records.length === 1) this.#culprits.set(partitionKey(first), { offset: first.offset, error });
    return true;
  }

  committed(records: readonly InboundRecord[]): void {
    if (this.#limit === null || records.length === 0) return;
    for (const record of records) this.#passed(partitionKey(record), record.offset);
    if (this.#suspects.size > 0 || this.#culprits.size > 0) return;
    this.#limit = this.#limit >= this.#most ? null : this.#limit * 2;
  }

  /** What belongs to another instance now is of no concern any more. */
  keepTo(assigned: readonly TopicPartition[]): void {
    const own = new Set(assigned.map(partitionKey));
    for (const found of [this.#suspects, this.#culprits])
      for (const key of found.keys()) if (!own.has(key)) found.delete(key);
  }

  #passed(partition: string, offset: number): void {
    if (offset >= (this.#suspects.get(partition) ?? Number.NaN)) this.#suspects.delete(partition);
    if (offset >= (this.#culprits.get(partition)?.offset ?? Number.NaN)) this.#culprits.delete(partition);
  }
}
