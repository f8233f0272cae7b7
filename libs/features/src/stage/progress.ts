import type { ByteReader, ByteWriter, Journal } from '@millrace/core';
import type { Plan } from '@millrace/pipeline';
import { encodeFeaturesRecord, type ProgressRecord } from '@millrace/records';

import type { Emission } from './emission.ts';
import type { InputClocks } from './input-clocks.ts';
import { readTime, writeTime } from './marker-body.ts';
import type { OpenRequests } from './open-requests.ts';

/** The assembler's own clock: the least of its inputs', and never past its oldest open request. */
export class Progress {
  readonly #journal: Journal;
  #at = -Infinity;
  #first = Infinity;

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  /** At most one record, and only if it has advanced. */
  emit(plan: Plan, partition: number, clocks: InputClocks, requests: OpenRequests, out: Emission): void {
    const least = clocks.least();
    const first = clocks.first();
    if (least === null || first === null) return;
    const at = Math.min(least, requests.oldestAt());
    if (at <= this.#at && first >= this.#first) return;
    this.#advance(Math.max(at, this.#at), first);
    const record: ProgressRecord = { kind: 'progress', source: partition, at: this.#at, first };
    out.records.push({ topic: plan.names.features, partition, key: null, value: encodeFeaturesRecord(record) });
  }

  write(writer: ByteWriter): void {
    writeTime(writer, this.#at);
    writeTime(writer, this.#first === Infinity ? -Infinity : this.#first);
  }

  read(reader: ByteReader): void {
    this.#at = readTime(reader);
    const first = readTime(reader);
    this.#first = first === -Infinity ? Infinity : first;
  }

  #advance(at: number, first: number): void {
    const [atBefore, firstBefore] = [this.#at, this.#first];
    this.#journal.record(() => {
      this.#at = atBefore;
      this.#first = firstBefore;
    });
    this.#at = at;
    this.#first = first;
  }
}
