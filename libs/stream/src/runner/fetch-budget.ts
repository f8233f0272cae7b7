import type { FetchedChunk, FetchLimits } from '../ports/record-source.ts';
import type { InputLane } from './input-lane.ts';
import type { Pace } from './pace.ts';

const FETCH_BYTES = 4 << 20;
const PARTITION_BYTES = 1 << 20;
const LEAST_PARTITION_BYTES = 16 << 10;
/** Also waits for the slowest stage, and for one whose pace is not known yet. */
const LEAST_BYTES = 1 << 20;
/** How much work waits in memory: enough for a log that is slow to answer. */
const AHEAD_MS = 10_000;
/** How much of the largest expansion seen is kept from one fetch to the next. */
const MEMORY = 0.9;
/** What is taken for granted of the first fetch: that of text which compresses well. */
const FIRST_EXPANSION = 16;

/**
 * How much may be fetched so that what waits stays within a bound in bytes of memory, whatever the number of partitions,
 * the size of records and their compression. Every lane has an equal share. What comes with a fetch may go over it, but
 * never by more than as much again; for lanes that hold nothing there is room as long as less than twice the bound waits,
 * since a stage may need just theirs to go on.
 *
 * A stage that is slow gets less: what it does not get to for long only makes work for the garbage collector, and is lost
 * when its partition moves. So does one that has not shown yet how fast it is: what a process fetches too much of as it
 * starts stays for as long as a slow stage takes, and V8's young generation, made large for it, for minutes.
 */
export class FetchBudget {
  readonly #mostBytes: number;
  readonly #pace: Pick<Pace, 'recordsIn'>;
  /** Bytes in memory per byte on the wire: compression, and what small records cost besides their bytes. */
  #expansion = FIRST_EXPANSION;
  #learnt = false;
  /** In memory, of the latest fetch. */
  #recordBytes = Infinity;

  /** @param pace how fast the stage is */
  constructor(mostBytes: number, pace: Pick<Pace, 'recordsIn'>) {
    this.#mostBytes = mostBytes;
    this.#pace = pace;
  }

  get #boundBytes(): number {
    const aheadBytes = this.#pace.recordsIn(AHEAD_MS) * this.#recordBytes;
    return Math.min(this.#mostBytes, Math.max(LEAST_BYTES, Number.isFinite(aheadBytes) ? aheadBytes : 0));
  }

  /** @param idle nothing is being processed: then an empty lane has room whatever the others hold */
  lanesWithRoom(lanes: readonly InputLane[], idle: boolean): readonly InputLane[] {
    const bound = this.#boundBytes;
    const share = bound / lanes.length;
    const queued = lanes.reduce((sum, lane) => sum + lane.queuedBytes, 0);
    const forEmpty = idle || queued < 2 * bound;
    return lanes.filter(({ queuedBytes }) => (queuedBytes === 0 ? forEmpty : queuedBytes < share && queued < bound));
  }

  /** On the wire. */
  fetchBytes(lanes: number): Pick<FetchLimits, 'maxBytes' | 'maxBytesPerPartition'> {
    const bound = this.#boundBytes;
    const share = Math.max(LEAST_PARTITION_BYTES, bound / lanes);
    return {
      maxBytes: Math.ceil(Math.min(FETCH_BYTES, bound) / this.#expansion),
      maxBytesPerPartition: Math.ceil(Math.min(PARTITION_BYTES, share) / this.#expansion),
    };
  }

  learn(chunks: readonly FetchedChunk[]): void {
    const wireBytes = chunks.reduce((sum, chunk) => sum + chunk.wireBytes, 0);
    if (wireBytes === 0) return;
    const bytes = chunks.reduce((sum, chunk) => sum + chunk.bytes, 0);
    const records = chunks.reduce((sum, chunk) => sum + chunk.records.length, 0);
    if (records > 0) this.#recordBytes = bytes / records;
    const kept = this.#learnt ? this.#expansion * MEMORY : 1;
    this.#expansion = Math.max(1, bytes / wireBytes, kept);
    this.#learnt = true;
  }
}
