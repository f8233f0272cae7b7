import { ByteReader, ByteWriter, JournaledState } from '@millrace/core';
import type { InboundRecord } from '@millrace/records';
import type { StateMarker, TaskState } from '@millrace/stream';

import { NOTHING_MERGED, type MergeLedger, type MergeValue } from './merge-ledger.ts';

/** Reads the newest committed record of a key from `<p>.ledger`. */
export type ReadLedger = (key: string) => Promise<Uint8Array | null>;

export interface MergeStateOptions {
  /** The ledger up to an offset of `counts`. @throws AppError where it is not the newest */
  readonly readLedger: (offset: number) => Promise<MergeLedger>;
  readonly replay: (value: MergeValue, record: InboundRecord) => MergeValue;
  /** Before anything is loaded. */
  readonly refresh?: (() => Promise<void>) | undefined;
  readonly restored: (value: MergeValue) => void;
}

/** The state of the merge: a value that is replaced, and the offset of `counts` up to which its ledger speaks. */
export class MergeState extends JournaledState implements TaskState {
  readonly #options: MergeStateOptions;
  #value: MergeValue = NOTHING_MERGED;
  /** Null before the first ledger. */
  #ledgerAt: number | null = null;
  /** Where `counts` began for us; null before its first record. */
  #beganAt: number | null = null;

  constructor(options: MergeStateOptions) {
    super();
    this.#options = options;
  }

  get value(): MergeValue {
    return this.#value;
  }

  /** @param ledgerAt where a ledger of this value is written with it; null where none is */
  replace(value: MergeValue, firstOffset: number, ledgerAt: number | null): void {
    const before = { value: this.#value, ledgerAt: this.#ledgerAt, beganAt: this.#beganAt };
    this.journal.record(() => {
      this.#value = before.value;
      this.#ledgerAt = before.ledgerAt;
      this.#beganAt = before.beganAt;
    });
    this.#value = value;
    this.#beganAt ??= firstOffset;
    this.#ledgerAt = ledgerAt ?? this.#ledgerAt;
  }

  marker(): StateMarker {
    return { keepFrom: this.#ledgerAt ?? this.#beganAt, body: new ByteWriter(8).varint(this.#ledgerAt ?? -1).finish() };
  }

  /** @throws AppError what reading the ledger that the commit speaks of throws */
  async load(bodies: ReadonlyMap<string, Uint8Array>): Promise<void> {
    await this.#options.refresh?.();
    for (const body of bodies.values()) {
      const offset = new ByteReader(body).varint();
      if (offset >= 0) await this.#loadLedger(offset);
    }
  }

  restore(records: readonly InboundRecord[]): void {
    for (const record of records) {
      this.#beganAt ??= record.offset;
      this.#value = this.#options.replay(this.#value, record);
    }
  }

  restored(): void {
    this.#options.restored(this.#value);
  }

  async #loadLedger(offset: number): Promise<void> {
    this.#value = await this.#options.readLedger(offset);
    this.#ledgerAt = offset;
  }
}
