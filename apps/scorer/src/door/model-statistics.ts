import type { Clock } from '@millrace/core';
import type { BatchReport, TensorModel } from '@millrace/inference';

interface Durations {
  count: number;
  ms: number;
}

const NS_PER_MS = 1e6;

/**
 * What Triton's statistics extension asks of a model. Batches are everybody's, the stream's rows included; `success` and
 * `fail` are requests of this door.
 */
export class ModelStatistics {
  readonly #clock: Clock;
  readonly #success = durations();
  readonly #fail = durations();
  readonly #queue = durations();
  readonly #compute = durations();
  readonly #found = { hits: 0, misses: 0 };
  readonly #bySize = new Map<number, Durations>();
  #rows = 0;
  /** Epoch milliseconds. */
  #lastAt = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  batch({ rows, waitedMs, tookMs }: Pick<BatchReport, 'rows' | 'waitedMs' | 'tookMs'>): void {
    const ofSize = this.#bySize.get(rows) ?? durations();
    this.#bySize.set(rows, ofSize);
    add(ofSize, tookMs);
    add(this.#compute, tookMs);
    add(this.#queue, waitedMs);
    this.#rows += rows;
    this.#lastAt = this.#clock.now();
  }

  /** Rows that were looked for in the cache of answers. */
  looked(hits: number, misses: number): void {
    this.#found.hits += hits;
    this.#found.misses += misses;
  }

  request(ok: boolean, tookMs: number): void {
    add(ok ? this.#success : this.#fail, tookMs);
  }

  describe({ name, version }: Pick<TensorModel, 'name' | 'version'>): object {
    const { hits, misses } = this.#found;
    return {
      name,
      version,
      last_inference: this.#lastAt,
      inference_count: this.#rows,
      execution_count: this.#compute.count,
      inference_stats: {
        success: described(this.#success),
        fail: described(this.#fail),
        queue: described(this.#queue),
        ...describedCompute(this.#compute),
        cache_hit: { count: hits, ns: 0 },
        cache_miss: { count: misses, ns: 0 },
      },
      response_stats: {},
      batch_stats: [...this.#bySize]
        .toSorted(([a], [b]) => a - b)
        .map(([batch_size, taken]) => ({ batch_size, ...describedCompute(taken) })),
      memory_usage: [],
    };
  }
}

function durations(): Durations {
  return { count: 0, ms: 0 };
}

function add(to: Durations, ms: number): void {
  to.count++;
  to.ms += ms;
}

function described({ count, ms }: Durations): object {
  return { count, ns: Math.round(ms * NS_PER_MS) };
}

/** Input and output are part of the model's own time; `perf_analyzer` wants all three to have happened as often. */
function describedCompute(taken: Durations): object {
  const within = { count: taken.count, ns: 0 };
  return { compute_input: within, compute_infer: described(taken), compute_output: within };
}
