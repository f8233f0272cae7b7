import { AppError, type Clock } from '@millrace/core';
import { joinKey, type Plan } from '@millrace/pipeline';
import { partitionKey, PLAN_NOTE, type OutboundRecord, type PlanOffer, type RunningPlan } from '@millrace/records';
import { Wakeup, type Log, type RecordSource, type StartFrom } from '@millrace/stream';

import type { GivenOver } from './given-over.ts';
import type { SetNotes } from './set-notes.ts';

/** The input partitions are counted now and then, without a note. */
const LOOK_EVERY_MS = 5000;

export interface TakeOverOptions {
  readonly plan: Plan;
  readonly log: Log;
  readonly clock: Clock;
  /** With all that was on `<p>.control` when this begins. */
  readonly notes: SetNotes;
  /** Where the operator said that ingest starts: that is also the word to begin without the set before. */
  readonly from: StartFrom | undefined;
  /** What it waits for, and when that is over. */
  readonly onStep: (what: string) => void;
}

/** Whose place this feature set takes, and where it begins to read. */
export class TakeOver {
  readonly #options: TakeOverOptions;
  readonly #news: Wakeup;
  /** By input partition. */
  readonly #starts = new Map<number, number>();
  #told: string | null = null;

  constructor(options: TakeOverOptions) {
    const { clock } = options;
    this.#options = options;
    this.#news = new Wakeup(clock);
  }

  /**
   * Says by which set events are taken, or offers to the one that takes them to do so from now on.
   *
   * @throws AppError `PLAN_CHANGED` where this set has given over itself, or another one takes over already; `STATE_GAP`
   */
  async announce(): Promise<void> {
    const { plan, notes, from } = this.#options;
    const { featureSet } = plan;
    const { running } = notes;
    if (running === featureSet) return;
    if (running === null || from !== undefined)
      return this.#note(PLAN_NOTE.running, { feature_set: featureSet } satisfies RunningPlan);
    this.#assertFree(running);
    if (notes.offerTo(running) !== null) return;
    await this.#assertReaches();
    const { outcome, topics } = plan;
    const offer: PlanOffer = {
      to: featureSet,
      key: joinKey(plan),
      outcome: outcome !== null,
      partitions: topics.partitions,
    };
    await this.#note(PLAN_NOTE.offer(running), offer);
  }

  /** Waits until the set before says where it ends, and finds where windows that reach as far back are filled from. */
  async prepare(signal: AbortSignal): Promise<void> {
    const { notes } = this.#options;
    signal.addEventListener('abort', () => this.#news.wake(), { once: true });
    for (;;) {
      const before = this.#before();
      if (signal.aborted || before === null) return;
      if (notes.isGivenOver(before)) return this.#findStarts(notes.allGivenOver(before));
      this.#tell();
      await this.#news.wait(LOOK_EVERY_MS);
    }
  }

  /** The notes have changed. */
  news(): void {
    this.#news.wake();
    if (this.#told !== null) this.#tell();
  }

  startAt(partition: number): number | null {
    return this.#starts.get(partition) ?? null;
  }

  /** What is still waited for, for people; null where this set answers. */
  waitsFor(): string | null {
    const { plan, notes } = this.#options;
    const before = this.#before();
    if (before === null) return null;
    const given = notes.allGivenOver(before).size;
    if (!notes.isGivenOver(before))
      return (
        `the feature set ${before} answers until it has given over (${given} of ${notes.inputPartitions} partitions). ` +
        'Its services must run for that; to begin without them, start with --from earliest, latest or a time'
      );
    if (!notes.isRefilled(plan.featureSet)) return `windows are being filled with what ${before} has answered`;
    const [{ partitions = plan.topics.partitions } = {}] = notes.allGivenOver(before).values();
    return `the feature set ${before} still answers what came before (done in ${notes.drained(before)} of ${partitions} partitions)`;
  }

  /** What becomes of this set where another one takes over, for people; null where none does. */
  givesOver(): string | null {
    const { plan, notes } = this.#options;
    const offer = notes.offerTo(plan.featureSet);
    if (offer === null) return null;
    const isDone = notes.drained(plan.featureSet) >= plan.topics.partitions;
    return `the feature set ${offer.to} takes over${isDone ? '; nothing is left to do for this one: stop its services' : ''}`;
  }

  /** Null where this set takes events, or nobody is known to be before it. */
  #before(): string | null {
    const { plan, notes } = this.#options;
    return notes.running === plan.featureSet ? null : notes.predecessorOf(plan.featureSet);
  }

  #assertFree(running: string): void {
    const { plan, notes } = this.#options;
    const { name, featureSet } = plan;
    const successor = notes.offerTo(featureSet);
    if (successor)
      throw new AppError(
        'PLAN_CHANGED',
        `the feature set ${featureSet} of ${name} has given over to ${successor.to}; ${running} answers now. To go back to it, ` +
          'delete its topics first: millrace up --prune with the file that runs.',
      );
    const other = notes.offerTo(running);
    if (other && other.to !== featureSet)
      throw new AppError(
        'PLAN_CHANGED',
        `the feature set ${running} of ${name} is giving over to ${other.to} already. Start ${featureSet} when that one answers.`,
      );
  }

  async #note(key: string, value: object): Promise<void> {
    const { plan, log, notes } = this.#options;
    const record: OutboundRecord = {
      topic: plan.names.control,
      partition: 0,
      key,
      value: JSON.stringify(value),
    };
    const publisher = log.publisher();
    try {
      await publisher.publish([record]);
    } finally {
      await publisher.close();
    }
    notes.apply(key, Buffer.from(JSON.stringify(value)));
  }

  /** Each thing once. */
  #tell(): void {
    const { plan, onStep } = this.#options;
    const what = this.waitsFor() ?? `the feature set ${plan.featureSet} answers now`;
    if (what === this.#told) return;
    this.#told = what;
    onStep(what);
  }

  /** Before anybody stops for it. @throws AppError `STATE_GAP` */
  async #assertReaches(): Promise<void> {
    const { log, clock, notes } = this.#options;
    const source = log.source();
    try {
      for (let partition = 0; partition < notes.inputPartitions; partition++)
        await this.#startOf(partition, clock.now(), source);
    } finally {
      await source.close();
    }
  }

  async #findStarts(given: ReadonlyMap<number, GivenOver>): Promise<void> {
    const source = this.#options.log.source();
    try {
      for (const [partition, { offset, stampedMs }] of given) {
        const start = stampedMs === null ? offset : await this.#startOf(partition, stampedMs, source);
        this.#starts.set(partition, Math.min(start, offset));
      }
    } finally {
      await source.close();
    }
  }

  /** @throws AppError `STATE_GAP` where `<p>.events` does not reach as far back as windows do */
  async #startOf(partition: number, stampedMs: number, source: RecordSource): Promise<number> {
    const { plan } = this.#options;
    const at = { topic: plan.names.events, partition };
    const name = partitionKey(at);
    const found = (await source.offsetsAt([at], stampedMs - reachMs(plan))).get(name) ?? 0;
    // the beginning last: what retention took between the two would seem to lie before the place that was found
    const first = (await source.bounds([at])).get(name)?.first ?? 0;
    const start = Math.max(found, first);
    if (first === 0 || start > first || plan.onOutOfRange !== 'stop') return start;
    throw new AppError(
      'STATE_GAP',
      `windows are filled from what ${name} holds of the last ${Math.round(reachMs(plan) / 1000)} s, and it begins at offset ${first}, later than that. ` +
        'Raise its retention; to go on with what is left, set on_out_of_range: earliest.',
    );
  }
}

/** How far back what a window or the memory of ids may hold was recorded: an event may be stamped ahead of its record. */
function reachMs({ stages, limits, dedupe }: Plan): number {
  const longest = Math.max(0, ...stages.flatMap(({ features }) => features.map(({ overMs }) => overMs)));
  return Math.max(longest + limits.maxAheadMs, dedupe.withinMs);
}
