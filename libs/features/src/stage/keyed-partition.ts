import { ByteReader, ByteWriter, JournaledState } from '@millrace/core';
import type { Plan, StagePlan } from '@millrace/pipeline';
import {
  decodeStageRecord,
  type ClockRecord,
  type InboundRecord,
  type SeenRequest,
  type StageEvent,
  type StagePart,
  type StageRequest,
} from '@millrace/records';

import { StageWindows } from '../window/stage-windows.ts';
import type { AnswerDesk } from './answer-desk.ts';
import { Assembler } from './assembler.ts';
import type { Emission, Out } from './emission.ts';
import { fingerprintOf } from './fingerprint.ts';
import { HorizonNotes } from './horizon-notes.ts';
import { InputClocks } from './input-clocks.ts';
import { readTime, writeTime } from './marker-body.ts';
import { OffsetSet } from './offset-set.ts';
import type { OpenRequest, ReceivedPart } from './open-request.ts';
import { OpenRequests } from './open-requests.ts';
import { PartDesk } from './part-desk.ts';
import { failedPart } from './part-record.ts';
import { Progress } from './progress.ts';
import { RecentIds } from './recent-ids.ts';
import type { Tallies } from './tallies.ts';

const MARKER_FORMAT = 2;

/**
 * The state of one partition of a keyed stage, and what each record does to it.
 *
 * All of it is a function of a stretch of the partition's own topic and of what the marker holds: window contents (a
 * set), the clocks, the horizon, and the open requests: those whose promise had not reached their time by the clocks,
 * or whose parts had not all come. Only records change it; dropping what no window sees any more shows in no answer.
 */
export class KeyedPartition extends JournaledState {
  readonly tallies: Tallies = { lateEvents: 0, lateRequests: 0, duplicates: 0 };
  readonly #plan: Plan;
  readonly #stage: StagePlan;
  readonly #partition: number;
  readonly #offsets = new OffsetSet();
  readonly #windows: StageWindows;
  readonly #clocks = new InputClocks(this.journal);
  readonly #notes = new HorizonNotes(this.journal);
  readonly #requests = new OpenRequests(this.#offsets, this.journal);
  readonly #recent: RecentIds;
  readonly #progress = new Progress(this.journal);
  readonly #desk: AnswerDesk;
  /** Earlier requests see less than their whole windows. */
  #horizon = -Infinity;

  constructor(plan: Plan, stage: StagePlan, partition: number) {
    super();
    this.#plan = plan;
    this.#stage = stage;
    this.#partition = partition;
    this.#windows = new StageWindows(stage, plan.events, this.journal);
    this.#recent = new RecentIds(plan.dedupe, this.journal);
    this.#desk = stage.assembler
      ? this.#assembler()
      : new PartDesk(plan, stage, this.#requests, (open) => this.#ownPart(open));
  }

  /** For metrics. */
  get gauges(): { readonly kept: number; readonly openRequests: number; readonly dedupeReachMs: number } {
    return {
      kept: this.#windows.size + this.#requests.size,
      openRequests: this.#requests.size,
      dedupeReachMs: this.#recent.reachMs,
    };
  }

  /** @throws RangeError, AppError where the record fails; the caller then rolls back */
  process(record: InboundRecord, out: Emission): void {
    this.#apply(record, out);
  }

  /** Behind the last record of a batch. */
  finish(out: Emission): void {
    if (this.#stage.assembler) this.#progress.emit(this.#plan, this.#partition, this.#clocks, this.#requests, out);
  }

  override settle(): void {
    super.settle();
    this.#windows.compact(this.#horizon);
    this.#recent.prune(this.#requests.oldestTimestamp());
    this.#offsets.trim();
    this.#notes.forget(this.#horizon - this.#windows.reachMs);
  }

  marker(): { readonly keepFrom: number | null; readonly body: Uint8Array } {
    const kept = [this.#offsets.least(), this.#windows.keepFrom, this.#recent.least()].filter(
      (offset) => offset !== null,
    );
    const writer = new ByteWriter().byte(MARKER_FORMAT).varint(this.#recent.rememberFrom);
    writeTime(writer, this.#horizon);
    this.#progress.write(writer);
    this.#clocks.write(writer);
    this.#notes.write(writer);
    return { keepFrom: kept.length === 0 ? null : Math.min(...kept), body: writer.finish() };
  }

  load(bodies: ReadonlyMap<string, Uint8Array>): void {
    const [body] = bodies.values();
    if (!body) return;
    const reader = new ByteReader(body);
    if (reader.byte() !== MARKER_FORMAT) throw new RangeError('the marker has an unknown format');
    this.#recent.resume(reader.varint());
    this.#horizon = readTime(reader);
    this.#progress.read(reader);
    this.#clocks.read(reader);
    this.#notes.read(reader);
  }

  /** With the clocks of the commit, what was answered then is answered again, in silence. A record that fails is skipped, as it was then. */
  restore(records: readonly InboundRecord[]): void {
    for (const record of records) {
      const before = this.journal.savepoint();
      try {
        this.#apply(record, null);
      } catch {
        this.journal.rollback(before);
      }
    }
    this.journal.forget();
    this.#windows.compact(this.#replayedTo());
  }

  restored(): void {
    this.settle();
  }

  #apply(record: InboundRecord, out: Out): void {
    const decoded = decodeStageRecord(record.value ?? new Uint8Array());
    if (decoded.kind === 'event') this.#event(decoded, record);
    else if (decoded.kind === 'request') this.#request(decoded, record, out);
    else if (decoded.kind === 'part') this.#part(decoded, record, out);
    else if (decoded.kind === 'seen') this.#seen(decoded, record);
    else if (out) this.#clock(decoded, record, out);
    else this.#clocks.replay(decoded);
  }

  #event(event: StageEvent, record: InboundRecord): void {
    noteEvent(record, event);
    const { offset } = record;
    const overdue = this.#notes.isBehind(event.at, offset);
    const used = this.#windows.apply(keyOf(record) ?? '', event, offset, this.#horizon, overdue);
    if (!used) this.tallies.lateEvents++;
  }

  #request(request: StageRequest, record: InboundRecord, out: Out): void {
    noteEvent(record, request);
    const { offset, timestamp, trace } = record;
    const open: OpenRequest = {
      request,
      key: keyOf(record),
      offset,
      timestamp,
      trace,
      waiting: false,
      parts: new Map(),
    };
    if (!this.#desk.admit(open)) return;
    this.#requests.add(open);
    if (this.#mustWait(open)) this.#requests.wait(open, request.promise ?? '');
    else this.#desk.answer(open, out);
  }

  #part(part: StagePart, record: InboundRecord, out: Out): void {
    const open = this.#desk.join(part, out);
    if (open) noteEvent(record, open.request);
  }

  #seen({ id, attempts }: SeenRequest, { timestamp, offset }: InboundRecord): void {
    this.#recent.remember(fingerprintOf(this.#plan.predict.on, id, attempts), timestamp, offset);
  }

  /** Clocks are not restored: the marker holds them as of the commit. */
  #clock(clock: ClockRecord, record: InboundRecord, out: Emission): void {
    this.#noteHorizon(clock, record.offset);
    this.#clocks.apply(clock);
    this.#recent.observe(record.timestamp);
    for (const open of this.#requests.release((promise) => this.#clocks.reached(promise))) this.#desk.answer(open, out);
    this.#clocks.forgetEnded();
    this.#advanceHorizon();
  }

  #noteHorizon(clock: ClockRecord, from: number): void {
    const isBehind = clock.at - this.#plan.limits.retainLateMs < this.#horizon;
    if (isBehind && this.#clocks.begins(clock)) this.#notes.add({ horizon: this.#horizon, from });
  }

  /** Only windows make a request wait: where it has none here, there is nothing to wait for. */
  #mustWait({ request, key }: OpenRequest): boolean {
    return key !== null && this.#stage.features.length > 0 && this.#clocks.reached(request.promise) < request.at;
  }

  #advanceHorizon(): void {
    const least = this.#clocks.least();
    if (least === null) return;
    const to = Math.min(least - this.#plan.limits.retainLateMs, this.#requests.oldestAt());
    const before = this.#horizon;
    if (to <= before) return;
    this.journal.record(() => (this.#horizon = before));
    this.#horizon = to;
  }

  /** In a restore: no event that follows enters a pane that ends at or before. */
  #replayedTo(): number {
    const least = this.#clocks.replayedTo() - this.#plan.limits.retainLateMs;
    return Math.min(least, this.#horizon, this.#notes.least);
  }

  #ownPart({ key, request }: OpenRequest): ReceivedPart {
    const late = key !== null && request.at < this.#horizon;
    if (late) this.tallies.lateRequests++;
    try {
      return { values: this.#windows.part(key, request.at, this.#horizon), late, error: null };
    } catch (error) {
      return failedPart(error);
    }
  }

  #assembler(): Assembler {
    return new Assembler({
      plan: this.#plan,
      stage: this.#stage,
      partition: this.#partition,
      requests: this.#requests,
      recent: this.#recent,
      journal: this.journal,
      tallies: this.tallies,
      ownPart: (open) => this.#ownPart(open),
    });
  }
}

function keyOf({ key }: InboundRecord): string | null {
  return key === null ? null : key.toString('utf8');
}

/** So that the span of a sampled record can be found by the event's id. */
function noteEvent({ trace }: InboundRecord, { id, at }: StageEvent | StageRequest): void {
  if (!trace) return;
  trace.eventId = id;
  trace.eventTimeMs = at;
}
