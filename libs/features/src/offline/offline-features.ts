import { isAppError, NoJournal, type AppError } from '@millrace/core';
import type { Plan } from '@millrace/pipeline';

import { outcomeProjection, type Outcome, type OutcomeOf } from '../projection/outcome-projection.ts';
import type { Projection } from '../projection/projection.ts';
import { createProjector } from '../projection/projector.ts';
import { KeyQueue } from '../stage/key-queue.ts';
import { EventsOutOfOrder } from './events-out-of-order.ts';
import { fileEventReader, type FileEvent } from './file-event.ts';
import { OfflineWindows } from './offline-windows.ts';
import { WarmUp } from './warm-up.ts';

/** After so many events what no window sees any more is dropped: so soon that most of it has not grown old for the garbage collector. */
const DROP_EVERY = 256;

/** The features of one request. */
export interface FeatureRow {
  readonly id: string;
  /** Event time, epoch milliseconds. */
  readonly at: number;
  readonly key: string | null;
  /** In the order of the model's input; NaN for null. */
  readonly vector: Float32Array;
}

export interface OfflineOptions<Event extends FileEvent> {
  /** How far events may come behind later ones, in milliseconds (see `measureDisorder`). */
  readonly disorderMs?: number;
  /** What online would be a dead letter is left out. Without this it ends the run. */
  readonly onRejected?: (error: AppError, event: Event) => void;
  /** What the events tell of requests, and when: event time, epoch milliseconds. */
  readonly onOutcome?: (outcome: Outcome, at: number) => void;
  /**
   * The batches begin amid a file: nothing is answered or told until the windows are full. Then this is told the first event
   * whose requests are answered.
   */
  readonly onFull?: (event: Event) => void;
  /** From this event on nothing is answered or told; the run ends once all before it is. */
  readonly isEnd?: ((event: Event) => boolean) | undefined;
}

interface PendingRow {
  readonly id: string;
  readonly at: number;
  readonly requests: readonly Projection[];
}

/**
 * The features of every request among the events, in input order, by the code that serves them online: each sees all
 * events before its own time, as in a replay under a promise. Memory holds the longest windows and the disorder.
 *
 * @param batches the events in their order, in pieces of any size; what stands in a piece is in memory together
 * @throws EventsOutOfOrder where an event comes further behind than `disorderMs`
 */
export async function* offlineFeatures<Event extends FileEvent>(
  plan: Plan,
  batches: AsyncIterable<readonly Event[]>,
  options: OfflineOptions<Event> = {},
): AsyncGenerator<FeatureRow> {
  const run = new OfflineRun(plan, options);
  for await (const events of batches) {
    for (const row of run.take(events)) yield row;
    if (run.isDone) return;
  }
  for (const row of run.rest()) yield row;
}

class OfflineRun<Event extends FileEvent> {
  readonly #read: ReturnType<typeof fileEventReader>;
  readonly #project: ReturnType<typeof createProjector>['project'];
  readonly #outcomeOf: OutcomeOf;
  readonly #windows: OfflineWindows;
  readonly #disorderMs: number;
  readonly #onRejected: (error: AppError, event: Event) => void;
  readonly #onOutcome: OfflineOptions<Event>['onOutcome'];
  readonly #onFull: (event: Event) => void;
  readonly #isEnd: (event: Event) => boolean;
  /** In input order: the first may have to wait for events that come behind it. */
  readonly #pending = new KeyQueue<PendingRow>(new NoJournal());
  /** Null once it is over. */
  #warmUp: WarmUp | null;
  #isEnded = false;
  #latest = -Infinity;
  #taken = 0;

  constructor(plan: Plan, { disorderMs = 0, onRejected, onOutcome, onFull, isEnd }: OfflineOptions<Event>) {
    this.#read = fileEventReader(plan);
    this.#project = createProjector(plan).project;
    this.#outcomeOf = outcomeProjection(plan);
    this.#windows = new OfflineWindows(plan);
    this.#disorderMs = disorderMs;
    this.#onRejected = onRejected ?? raise;
    this.#onOutcome = onOutcome;
    this.#onFull = onFull ?? ((): void => {});
    this.#isEnd = isEnd ?? ((): boolean => false);
    this.#warmUp = onFull ? new WarmUp(this.#windows.reachMs, disorderMs) : null;
  }

  /** Whether all that it answers is answered, whatever else may come. */
  get isDone(): boolean {
    return this.#isEnded && this.#pending.first === undefined;
  }

  take(events: readonly Event[]): readonly FeatureRow[] {
    const rows: FeatureRow[] = [];
    for (const event of events) {
      this.#isEnded ||= this.#isEnd(event);
      this.#take(event, rows);
    }
    return rows;
  }

  rest(): readonly FeatureRow[] {
    const rows: FeatureRow[] = [];
    this.#answer(Infinity, rows);
    return rows;
  }

  #take(event: Event, rows: FeatureRow[]): void {
    const requests: Projection[] = [];
    for (const projection of this.#projections(event)) {
      if (projection.record.kind === 'request') requests.push(projection);
      else this.#windows.apply(projection, projection.record, this.#taken);
    }
    const asked = requests.at(-1)?.record;
    if (asked && this.#isTold) this.#pending.push({ id: asked.id, at: asked.at, requests });
    this.#answer(this.#latest - this.#disorderMs, rows);
    if (++this.#taken % DROP_EVERY === 0) this.#drop();
  }

  /** What has `at` up to `complete` can be answered: no event before it is still to come. */
  #answer(complete: number, rows: FeatureRow[]): void {
    for (let row = this.#pending.first; row && row.at <= complete; row = this.#pending.first) {
      rows.push(this.#row(row));
      this.#pending.shift();
    }
  }

  #row({ id, at, requests }: PendingRow): FeatureRow {
    const own = requests.at(-1)?.record;
    if (own?.kind !== 'request' || !own.assembly)
      throw new TypeError('the last projection of a request is the assembler’s');
    return { id, at, key: own.predictKey, vector: this.#windows.vector(requests, own.assembly.values, at) };
  }

  #projections(event: Event): readonly Projection[] {
    try {
      const known = this.#read(event);
      const projections = this.#project(known);
      const outcome = this.#outcomeOf(known); // an event whose label fails is in no window
      this.#advance(known.at);
      if (this.#warmUp?.isOver(known.at) === true) this.#begin(event);
      if (outcome && this.#isTold) this.#onOutcome?.(outcome, known.at);
      return projections;
    } catch (error) {
      if (!isAppError(error) || error.class !== 'poison') throw error;
      if (this.#isTold) this.#onRejected(error, event);
      return [];
    }
  }

  /** Whether what an event asks, says, or lacks is this run's to tell. */
  get #isTold(): boolean {
    return this.#warmUp === null && !this.#isEnded;
  }

  #begin(event: Event): void {
    this.#warmUp = null;
    this.#onFull(event);
  }

  #advance(at: number): void {
    const behind = this.#latest - at;
    if (behind > this.#disorderMs) throw new EventsOutOfOrder(behind, this.#disorderMs);
    this.#latest = Math.max(this.#latest, at);
  }

  #drop(): void {
    let horizon = this.#latest - this.#disorderMs;
    for (const { at } of this.#pending) horizon = Math.min(horizon, at);
    this.#windows.drop(horizon);
  }
}

function raise(error: AppError): never {
  throw error;
}
