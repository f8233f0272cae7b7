import { Journal } from '@millrace/core';
import { partitionKey, type TopicPartition } from '@millrace/records';
import type { StateMarker, TaskState } from '@millrace/stream';
import { InputClock } from './input-clock.ts';

/** What ingest keeps of one input partition: its clock, in the marker alone. */
export class IngestTask implements TaskState {
  readonly clock: InputClock;
  readonly #journal = new Journal();
  readonly #name: string;
  /** `Clock.elapsed()` up to which idle time has been counted. */
  idleCountedMs: number | null = null;
  /** `Clock.elapsed()` when the clock was last written. */
  toldAtMs = Number.NEGATIVE_INFINITY;

  constructor(at: TopicPartition, latenessMs: number) {
    this.#name = partitionKey(at);
    this.clock = new InputClock(at.partition, latenessMs, this.#journal);
  }

  savepoint(): number {
    return this.#journal.savepoint();
  }

  rollback(savepoint: number): void {
    this.#journal.rollback(savepoint);
  }

  settle(): void {
    this.#journal.forget();
  }

  marker(): StateMarker {
    return { keepFrom: null, body: this.clock.encode() };
  }

  load(bodies: ReadonlyMap<string, Uint8Array>): void {
    const body = bodies.get(this.#name);
    if (body) this.clock.load(body);
  }

  restore(): void {}

  restored(): void {}
}
