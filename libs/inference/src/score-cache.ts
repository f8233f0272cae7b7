import type { RowOutcome } from '@millrace/batching';
import { AppError, type Clock } from '@millrace/core';
import { LRUCache } from 'lru-cache';

import type { ModelPort } from './model-port.ts';

/** What a cache may keep, and for how long. */
export interface CacheSetting {
  readonly sizeBytes: number;
  readonly forMs: number;
}

/** What becomes of rows at a cache: metrics. Must not throw. */
export interface CacheObserver {
  /** Of the rows of one call: how many were answered from the cache, and how many were not. */
  looked(hits: number, misses: number): void;
  /** An answer had to go before its time, for want of room. */
  evicted(): void;
}

export interface ScoreCacheOptions extends CacheSetting {
  /** Features of a row, and outputs of an answer. */
  readonly width: number;
  readonly outputs: number;
  readonly clock: Clock;
  readonly observer?: CacheObserver | undefined;
}

/** What an answer takes beside the bytes of its key and its outputs, measured on V8's heap. */
const ENTRY_BYTES = 320;
/** A `Map` of V8 takes no more. */
const MOST_ANSWERS = 2 ** 24 - 1;

/**
 * Answers to rows that were scored before, by one version of one model. The key is the row's bytes: 0 and -0, and NaN of
 * two bit patterns, are other rows. Rows that failed are not kept. Two calls with the same new row both have it computed:
 * each has a deadline and a signal of its own, and waits for nobody else's.
 *
 * The least recently used goes first. W-TinyLFU finds 2 to 5 rows in a hundred more when many come once only, but what
 * there is of it has timers and a clock of its own, holds more than it was told, and has no releases to speak of.
 */
export class ScoreCache {
  readonly #answers: LRUCache<string, Float64Array>;
  readonly #answerBytes: number;
  readonly #observer: CacheObserver | undefined;

  /** @throws AppError `CONFIG_INVALID` where not one answer has room */
  constructor({ sizeBytes, forMs, width, outputs, clock, observer }: ScoreCacheOptions) {
    this.#answerBytes = ENTRY_BYTES + width * Float32Array.BYTES_PER_ELEMENT + outputs * Float64Array.BYTES_PER_ELEMENT;
    this.#observer = observer;
    const max = Math.min(Math.floor(sizeBytes / this.#answerBytes), MOST_ANSWERS);
    if (max === 0)
      throw new AppError(
        'CONFIG_INVALID',
        `predict.cache.size is ${sizeBytes} bytes; one answer of this model takes ${this.#answerBytes}. Give it more, or leave predict.cache out.`,
      );
    this.#answers = new LRUCache({
      max,
      ttl: forMs,
      ttlResolution: 0, // else it has a timer
      perf: { now: () => clock.elapsed() + 1 }, // it takes 0 for "at no time"
      dispose: (_answer, _key, why) => {
        if (why === 'evict') observer?.evicted();
      },
    });
  }

  /** That are taken now. */
  get bytes(): number {
    return this.#answers.size * this.#answerBytes;
  }

  /** Scoring that asks the model for the rows alone that are not known. */
  over(score: ModelPort['score']): ModelPort['score'] {
    return async (rows, how) => {
      const keys = rows.map(keyOf);
      const known = keys.map((key) => this.#answers.get(key));
      const unknown = rows.filter((_, i) => known[i] === undefined);
      this.#observer?.looked(rows.length - unknown.length, unknown.length);
      const scored = (unknown.length === 0 ? [] : await score(unknown, how)).values();
      return known.map((value, i) => {
        if (value) return { ok: true, value };
        return this.#keep(keys[i] as string, scored.next().value as RowOutcome<Float64Array>);
      });
    };
  }

  /** A copy: what the model gave is part of its whole batch, which would be kept with it. */
  #keep(key: string, outcome: RowOutcome<Float64Array>): RowOutcome<Float64Array> {
    if (outcome.ok) this.#answers.set(key, outcome.value.slice());
    return outcome;
  }
}

/** A character per byte: the shortest text that has all of them, and hashed whole by `Map`. */
function keyOf({ buffer, byteOffset, byteLength }: Float32Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('latin1');
}
