import type { InboundRecord } from '@millrace/records';
import type { InputPartition, TakeLimits } from '@millrace/stream';

import type { HeldPromise } from './clocks/clock-state.ts';
import type { Decoded } from './decode/event-decoder.ts';
import type { Watermark } from './decode/watermark.ts';

/** What the order is made by. */
export interface TakeContext {
  decode(record: InboundRecord): Decoded;
  /** The promise that a partition stands under. */
  promise(partition: number): HeldPromise | null;
  /** Its part of that promise is over. */
  hasMet(partition: number, promise: string): boolean;
  /** How far a partition of another instance is known to have come: ∞ where its part is over, −∞ where it has not met it. */
  elsewhere(partition: number, promise: string): number;
  readonly maxSkewMs: number;
  readonly maxAheadMs: number;
}

/**
 * Merges the partitions' queues by event time. What has no event time (watermarks, bad records) comes at once, and so does
 * an event that is refused because its time is too far ahead: it must not stop its partition until that time has come.
 *
 * A partition without a promise holds nothing back. One under a promise is held while it is more than
 * `events.max_skew` ahead of the slowest of its promise, as far as that is known: a queue shows how far its partition
 * is, an empty one only its watermark, and of other instances' partitions what they have noted.
 */
export function takeInEventOrder(
  inputs: readonly InputPartition[],
  limits: TakeLimits,
  context: TakeContext,
): readonly InboundRecord[] {
  const lanes = new Map(inputs.map((input) => [input.partition, new Lane(input, context)]));
  const taken: InboundRecord[] = [];
  let bytes = 0;
  while (taken.length < limits.records) {
    const lane = earliestFree(lanes, context);
    if (lane === null) break;
    const record = lane.head as InboundRecord;
    bytes += record.value?.length ?? 0;
    if (bytes > limits.bytes && taken.length > 0) break;
    taken.push(record);
    lane.advance();
  }
  return taken;
}

/** The waiting partition with the earliest event that is not held; null when there is none. */
function earliestFree(lanes: ReadonlyMap<number, Lane>, context: TakeContext): Lane | null {
  const held = new Set<Lane>();
  for (;;) {
    let best: Lane | null = null;
    for (const lane of lanes.values())
      if (lane.head !== undefined && (best === null || lane.at < best.at) && !held.has(lane)) best = lane;
    if (best?.promise == null || best.at <= slowest(best.promise, lanes, context) + context.maxSkewMs) return best;
    held.add(best);
  }
}

function slowest({ id, partitions }: HeldPromise, lanes: ReadonlyMap<number, Lane>, context: TakeContext): number {
  let least = Infinity;
  for (const partition of partitions)
    least = Math.min(least, lanes.get(partition)?.known(id) ?? context.elsewhere(partition, id));
  return least;
}

/** The promise after a watermark, as far as a take has to know. */
function after(promise: HeldPromise | null, { promise: id, before, partitions, idle }: Watermark): HeldPromise | null {
  if (promise !== null && promise.id !== id) return promise;
  if (idle) return null;
  if (promise !== null) return { ...promise, before: Math.max(promise.before, before ?? -Infinity) };
  return before === null || partitions === null ? null : { id, before, partitions };
}

/** One partition's queue during one take. */
class Lane {
  readonly #queued: readonly InboundRecord[];
  readonly #context: TakeContext;
  #index = -1;
  readonly #partition: number;
  promise: HeldPromise | null;
  head: InboundRecord | undefined;
  /** Event time of the head; −Infinity where it has none. */
  at = -Infinity;

  constructor({ partition, queued }: InputPartition, context: TakeContext) {
    this.#partition = partition;
    this.#queued = queued;
    this.#context = context;
    this.promise = context.promise(partition);
    this.#step();
  }

  /** Takes the head; a watermark counts from then on. */
  advance(): void {
    const decoded = this.#context.decode(this.head as InboundRecord);
    if (decoded.kind === 'watermark') this.promise = after(this.promise, decoded);
    this.#step();
  }

  /** How far the partition is known to be, event time. */
  known(promise: string): number {
    if (this.head !== undefined) return this.at;
    if (this.promise?.id === promise) return this.promise.before;
    return this.#context.hasMet(this.#partition, promise) ? Infinity : -Infinity;
  }

  #step(): void {
    this.head = this.#queued[++this.#index];
    if (this.head === undefined) return;
    this.at = this.#timeOf(this.#context.decode(this.head));
  }

  /** An end waits for its time, so that no part of a promise is over before all parts have been met. */
  #timeOf(decoded: Decoded): number {
    if (decoded.kind === 'event') return this.#isRefused(decoded.at) ? -Infinity : decoded.at;
    if (decoded.kind === 'watermark' && decoded.idle) return decoded.before ?? this.promise?.before ?? -Infinity;
    return -Infinity;
  }
  #isRefused(at: number): boolean {
    return this.promise !== null && at > this.promise.before + this.#context.maxAheadMs;
  }
}
