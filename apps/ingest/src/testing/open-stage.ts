import { ManualClock } from '@millrace/core/testing';
import type { Plan } from '@millrace/pipeline';
import {
  decodeOutcomesRecord,
  decodeStageRecord,
  type ClockRecord,
  type InboundRecord,
  type OutboundRecord,
  type StageRecord,
} from '@millrace/records';
import type { InputPartition, StageOutput, TaskState } from '@millrace/stream';

import { readProgress } from '../clocks/progress-note.ts';
import { SharedProgress } from '../clocks/shared-progress.ts';
import { SetNotes } from '../handover/set-notes.ts';
import type { SilentPromise } from '../ingest-observer.ts';
import { IngestStage } from '../ingest.stage.ts';
import { NEW_YEAR, rideRecord, ridesPlan, type RideRecord } from './rides.ts';

export const TOPIC = 'rides.events';

interface Dropped {
  readonly id: string;
  readonly partition: number;
}

/** A stage that owns some partitions, run by hand: every batch commits unless a test takes it back. */
export class OpenStage {
  readonly clock = new ManualClock(NEW_YEAR);
  readonly states = new Map<number, TaskState>();
  readonly late: string[] = [];
  readonly dropped: Dropped[] = [];
  overdue = 0;
  lag = 0;
  readonly progress = new SharedProgress();
  readonly notes = new SetNotes();
  silent: readonly SilentPromise[] = [];
  readonly stage: IngestStage;
  readonly #plan: Plan;
  /** All that was written to `<p>.control`. */
  readonly #written: OutboundRecord[] = [];
  readonly #positions = new Map<number, number>();
  #offset = 0;

  static async with(partitions: readonly number[], more: Partial<Plan> = {}): Promise<OpenStage> {
    return new OpenStage(partitions, { ...(await ridesPlan()), ...more });
  }

  private constructor(partitions: readonly number[], plan: Plan) {
    const observer = {
      event: (type: string, late: boolean) => late && this.late.push(type),
      overdue: () => this.overdue++,
      promiseDropped: (dropped: Dropped) => this.dropped.push(dropped),
      promisesSilent: (silent: readonly SilentPromise[]) => (this.silent = silent),
    };
    const { clock, progress, notes } = this;
    this.#plan = plan;
    this.stage = new IngestStage({ plan, clock, lag: () => this.lag, progress, notes, observer });
    for (const partition of partitions) this.open(partition);
  }

  open(partition: number, marker?: Uint8Array, position = 0): void {
    const state = this.stage.open([{ topic: TOPIC, partition }]);
    this.#positions.set(partition, position);
    void state.load(marker ? new Map([[`${TOPIC}/${partition}`, marker]]) : new Map());
    this.states.set(partition, state);
  }

  marker(partition: number): Uint8Array {
    return (this.states.get(partition) as TaskState).marker({ topic: TOPIC, partition }).body;
  }

  process(...records: readonly RideRecord[]): StageOutput {
    const inbound = records.map((record) =>
      rideRecord({ offset: this.#offset++, timestamp: this.clock.now(), ...record }),
    );
    return this.processInbound(inbound);
  }

  processInbound(records: readonly InboundRecord[]): StageOutput {
    const output = this.stage.process(records);
    for (const { partition, offset } of records) this.#positions.set(partition, offset + 1);
    this.#note(output.records);
    for (const state of this.states.values()) state.settle();
    return output;
  }

  /** All partitions are read to their ends, since `idleSinceMs` where it is given. */
  wake(idleSinceMs: number | null = null): readonly ClockRecord[] {
    return clocksIn(this.wakeAll(idleSinceMs));
  }

  /** All that it writes then. */
  wakeAll(idleSinceMs: number | null = null): readonly OutboundRecord[] {
    const inputs = [...this.states.keys()].map((partition): InputPartition => ({
      topic: TOPIC,
      partition,
      queued: [],
      position: this.#positions.get(partition) ?? 0,
      lastStable: 0,
      idleSinceMs,
    }));
    const result = this.stage.wake(inputs);
    this.#note(result?.output.records ?? []);
    for (const state of this.states.values()) state.settle();
    return result?.output.records ?? [];
  }

  /** What another instance has noted becomes known here. */
  hear(other: OpenStage): void {
    for (const { key, value } of other.#written) {
      this.notes.apply(key as string, Buffer.from(value as string));
      const read = readProgress(this.#plan, key as string, Buffer.from(value as string));
      if (read) this.progress.apply(read.partition, read.note, this.clock.elapsed());
    }
  }

  /** Wakes every second, as a runner does. */
  wakeFor(seconds: number, idleSinceMs: number | null): readonly ClockRecord[] {
    const said: ClockRecord[] = [];
    for (let i = 0; i < seconds; i++) {
      this.clock.advance(1000);
      said.push(...this.wake(idleSinceMs));
    }
    return said;
  }

  #note(records: readonly OutboundRecord[]): void {
    this.#written.push(...records.filter(isTo('.control')));
  }
}

export const isTo =
  (part: string) =>
  ({ topic }: OutboundRecord) =>
    topic.includes(part);

export function stageRecords(records: readonly OutboundRecord[]): readonly StageRecord[] {
  return records.filter(isTo('.by.')).map(({ value }) => decodeStageRecord(value as Uint8Array));
}

/** The clocks, each once, in the order in which the first partition of the monitor's outcomes gets them. */
export function clocksIn(records: readonly OutboundRecord[]): readonly ClockRecord[] {
  const first = records.filter(({ topic, partition }) => /\.[0-9a-f]{8}\.outcomes$/.test(topic) && partition === 0);
  return first
    .map(({ value }) => decodeOutcomesRecord(value as Uint8Array))
    .filter((record) => record.kind === 'clock');
}
