import { isDeepStrictEqual } from 'node:util';

import { ByteReader, ByteWriter, JournaledState } from '@millrace/core';
import type { ClockRecord, InboundRecord } from '@millrace/records';
import type { StateMarker, TaskState } from '@millrace/stream';

import { PHASES, type Phase } from '../handover/phase.ts';
import { decodeClockMarker, encodeClockMarker } from './clock-marker.ts';
import { ClockSchedule } from './clock-schedule.ts';
import { FRESH_CLOCK } from './clock-state.ts';
import { PartitionClock } from './partition-clock.ts';
import { progressNote, type ProgressNote } from './progress-note.ts';

const FORMAT = 3;

export interface IngestTaskOptions {
  readonly input: number;
  readonly latenessMs: number;
  /** As what it begins, where it has never committed. */
  readonly phase: Phase;
  readonly elapsed: () => number;
}

/** All that ingest keeps of an input partition: its clock, and what the partition is to it. It lives in the marker, so nothing is ever replayed. */
export class IngestTask extends JournaledState implements TaskState {
  readonly clock: PartitionClock;
  readonly schedule: ClockSchedule;
  readonly #elapsed: () => number;
  #phase: Phase;
  /** The largest record timestamp taken, epoch milliseconds; null before the first. */
  #stampedMs: number | null = null;
  /** The largest event time fetched, taken or not; null before the first. */
  #fetchedTo: number | null = null;
  #fetchedOffset = -1;
  #noted = progressNote(FRESH_CLOCK, null);
  /** While it refills: where the clock of the set before it stood at the end; what is written never goes past it. */
  ceilingMs: number | null = null;

  constructor({ input, latenessMs, phase, elapsed }: IngestTaskOptions) {
    super();
    this.clock = new PartitionClock(input, latenessMs, this.journal);
    this.schedule = new ClockSchedule(this.journal);
    this.#phase = phase;
    this.#elapsed = elapsed;
  }

  get phase(): Phase {
    return this.#phase;
  }

  get stampedMs(): number | null {
    return this.#stampedMs;
  }

  /** What it reads is what another set has judged already. */
  get isRefilling(): boolean {
    return this.#phase === 'refilling' || this.#phase === 'refilled';
  }

  /** It takes what comes. */
  get isRead(): boolean {
    return this.#phase === 'live' || this.#phase === 'giving';
  }

  enter(phase: Phase): void {
    const before = this.#phase;
    this.journal.record(() => (this.#phase = before));
    this.#phase = phase;
  }

  /** Records up to this timestamp have been taken. */
  stamp(timestampMs: number): void {
    const before = this.#stampedMs;
    if (timestampMs <= (before ?? -1)) return;
    this.journal.record(() => (this.#stampedMs = before));
    this.#stampedMs = timestampMs;
  }

  /** The clock as stages are told it; null while there is nothing to tell. */
  record(): ClockRecord | null {
    const record = this.#phase === 'ended' ? null : this.clock.record();
    if (record === null || !this.isRefilling) return record;
    return this.ceilingMs === null ? null : { ...record, at: Math.min(record.at, this.ceilingMs), promise: null };
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
    if (this.isRefilling) return null;
    const noted = this.#noted;
    const { state, promise } = this.clock;
    const note = progressNote(state, promise && this.#fetchedTo);
    if (isDeepStrictEqual(note, noted)) return null;
    this.journal.record(() => (this.#noted = noted));
    this.#noted = note;
    return note;
  }

  marker(): StateMarker {
    const writer = new ByteWriter()
      .byte(FORMAT)
      .byte(PHASES.indexOf(this.#phase))
      .varint(this.#stampedMs ?? -1);
    return { keepFrom: null, body: writer.bytes(encodeClockMarker(this.clock.state)).finish() };
  }

  /** @throws RangeError when the bytes are no marker of this version */
  load(bodies: ReadonlyMap<string, Uint8Array>): void {
    for (const body of bodies.values()) this.#load(new ByteReader(body));
    // while it refilled it noted nothing
    if (!this.isRefilling) this.#noted = progressNote(this.clock.state, null);
  }

  restore(): void {}

  restored(): void {}

  #load(reader: ByteReader): void {
    const format = reader.byte();
    const phase = PHASES[reader.byte()];
    if (format !== FORMAT || phase === undefined) throw new RangeError('the marker has an unknown format');
    this.#phase = phase;
    const stampedMs = reader.varint();
    this.#stampedMs = stampedMs < 0 ? null : stampedMs;
    this.clock.load(decodeClockMarker(reader.bytes()), this.#elapsed());
  }
}
