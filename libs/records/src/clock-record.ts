/**
 * `first` of a clock whose partition has had watermarks and no event yet: later than any event time, so that the least of
 * several clocks is right. A number that every integer format here can hold.
 */
export const NO_EVENT_YET = 2 ** 51;

/** `at` of the last clock of a feature set that has given over: nothing follows in its topics. */
export const NOTHING_FOLLOWS = 2 ** 51;

/** The promise that an input partition stands under: its id and all partitions that it names. */
export interface OpenPromise {
  readonly id: string;
  readonly partitions: readonly number[];
}

/**
 * Progress in band: "nothing earlier than `at` follows from this input partition" (a watermark under a promise, a
 * tick otherwise). Written by ingest to every partition of every internal topic that it writes.
 */
export interface ClockRecord {
  readonly kind: 'clock';
  /** The partition of `<p>.events` that speaks. */
  readonly input: number;
  /** Event time, epoch milliseconds. */
  readonly at: number;
  /** The least event time ever seen in the input partition; `NO_EVENT_YET` before the first. */
  readonly first: number;
  /** Open promises only; null once it has ended or was dropped. */
  readonly promise: OpenPromise | null;
}

/** The one clock of a partition that has a single writer (`features`, `scored`, `counts`): the least of its inputs. */
export interface ProgressRecord {
  readonly kind: 'progress';
  /** The partition of the writer's own input that speaks. */
  readonly source: number;
  readonly at: number;
  /** The least event time ever seen; `NO_EVENT_YET` before the first. */
  readonly first: number;
}
