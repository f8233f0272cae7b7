import { Journal } from '@millrace/core';
import type { StateMarker, TaskState } from '@millrace/stream';

import { decodeClockMarker, encodeClockMarker } from './clock-marker.ts';
import { ClockSchedule } from './clock-schedule.ts';
import { PartitionClock } from './partition-clock.ts';

export interface IngestTaskOptions {
  readonly input: number;
  readonly latenessMs: number;
  readonly elapsed: () => number;
}

/** All that ingest keeps of an input partition: its clock. It lives in the marker, so nothing is ever replayed. */
export class IngestTask implements TaskState {
  readonly clock: PartitionClock;
  readonly schedule: ClockSchedule;
  readonly #journal = new Journal();
  readonly #elapsed: () => number;

  constructor({ input, latenessMs, elapsed }: IngestTaskOptions) {
    this.clock = new PartitionClock(input, latenessMs, this.#journal);
    this.schedule = new ClockSchedule(this.#journal);
    this.#elapsed = elapsed;
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
    return { keepFrom: null, body: encodeClockMarker(this.clock.state) };
  }

  load(bodies: ReadonlyMap<string, Uint8Array>): void {
    for (const body of bodies.values()) this.clock.load(decodeClockMarker(body), this.#elapsed());
  }

  restore(): void {}

  restored(): void {}
}
