import { isDeepStrictEqual } from 'node:util';

import { JournaledState } from '@millrace/core';
import type { InboundRecord } from '@millrace/records';
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
  /** The largest event time fetched, taken or not; null before the first. */
  #fetchedTo: number | null = null;
  #fetchedOffset = -1;
  #noted = progressNote(FRESH_CLOCK, null);

  constructor({ input, latenessMs, elapsed }: IngestTaskOptions) {
    super();
    this.clock = new PartitionClock(input, latenessMs, this.journal);
    this.schedule = new ClockSchedule(this.journal);
    this.#elapsed = elapsed;
  }

  /**
   * What waits here, for whoever waits for this partition. The largest time counts: a smaller one than that of the first
   * record that waits, which may itself be held, would have two instances wait for each other.
   *
   * @param timeOf null where a record has no time
   */
  fetched(queued: readonly InboundRecord[], timeOf: (record: InboundRecord) => number | null): void {
    const known = queued.findLastIndex(({ offset }) => offset <= this.#fetchedOffset);
    for (const record of queued.slice(known + 1)) {
      const at = timeOf(record);
      if (at !== null) this.#fetchedTo = Math.max(this.#fetchedTo ?? at, at);
      this.#fetchedOffset = record.offset;
    }
  }

  /** What has changed for the other instances since the last time; null where nothing has, as without a promise. */
  news(): ProgressNote | null {
    const noted = this.#noted;
    const { state, promise } = this.clock;
    const note = progressNote(state, promise && this.#fetchedTo);
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
