import { JournaledState } from '@millrace/core';
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
export class IngestTask extends JournaledState implements TaskState {
  readonly clock: PartitionClock;
  readonly schedule: ClockSchedule;
  readonly #elapsed: () => number;

  constructor({ input, latenessMs, elapsed }: IngestTaskOptions) {
    super();
    this.clock = new PartitionClock(input, latenessMs, this.journal);
    this.schedule = new ClockSchedule(this.journal);
    this.#elapsed = elapsed;
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
