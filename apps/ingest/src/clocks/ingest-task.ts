import { isDeepStrictEqual } from 'node:util';

import { JournaledState } from '@millrace/core';
import type { StateMarker, TaskState } from '@millrace/stream';

import { decodeClockMarker, encodeClockMarker } from './clock-marker.ts';
import { ClockSchedule } from './clock-schedule.ts';
import { FRESH_CLOCK } from './clock-state.ts';
import { PartitionClock } from './partition-clock.ts';
import { progressNote, type ProgressNote } from './progress-note.ts';

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
  /** Event time of the last record fetched, taken or not; null before the first. */
  fetchedTo: number | null = null;
  #noted = progressNote(FRESH_CLOCK, null);

  constructor({ input, latenessMs, elapsed }: IngestTaskOptions) {
    super();
    this.clock = new PartitionClock(input, latenessMs, this.journal);
    this.schedule = new ClockSchedule(this.journal);
    this.#elapsed = elapsed;
  }

  /** What has changed for the other instances since the last time; null where nothing has, as without a promise. */
  news(): ProgressNote | null {
    const noted = this.#noted;
    const { state, promise } = this.clock;
    const note = progressNote(state, promise && this.fetchedTo);
    if (isDeepStrictEqual(note, noted)) return null;
    this.journal.record(() => (this.#noted = noted));
    this.#noted = note;
    return note;
  }

  marker(): StateMarker {
    return { keepFrom: null, body: encodeClockMarker(this.clock.state) };
  }

  load(bodies: ReadonlyMap<string, Uint8Array>): void {
    for (const body of bodies.values()) this.clock.load(decodeClockMarker(body), this.#elapsed());
    this.#noted = progressNote(this.clock.state, null);
  }

  restore(): void {}

  restored(): void {}
}
