import type { Counter, Histogram, MetricRegistry } from '@millrace/platform';

import type { Caller } from './infer-tensors.ts';

type Door = Caller['source'];

const DOORS: readonly Door[] = ['rest', 'grpc'];

/** Requests to infer, by door, model and how they ended. */
export class RequestMetrics {
  readonly #registry: MetricRegistry;
  readonly #counts = new Map<string, Counter>();
  readonly #durations = new Map<string, Histogram>();

  /** @param model one that is counted from the start, as 0 */
  constructor(registry: MetricRegistry, model: string) {
    this.#registry = registry;
    for (const door of DOORS) {
      this.#count(door, model, 'OK');
      this.#duration(door, model);
    }
  }

  /**
   * @param model null: there is none of the name that was asked for, which does not become a label, as anybody could make any
   * @param code of `docs/errors.md`, or `OK`
   */
  request(door: Door, model: string | null, code: string, tookMs: number): void {
    this.#count(door, model ?? '', code).add();
    this.#duration(door, model ?? '').record(tookMs / 1000);
  }

  #count(door: Door, model: string, code: string): Counter {
    return made(this.#counts, `${door} ${code} ${model}`, () =>
      this.#registry.counter('millrace_scorer_requests_total', { door, model, code }),
    );
  }

  #duration(door: Door, model: string): Histogram {
    return made(this.#durations, `${door} ${model}`, () =>
      this.#registry.histogram('millrace_scorer_request_seconds', { door, model }),
    );
  }
}

function made<Value>(known: Map<string, Value>, key: string, make: () => Value): Value {
  const value = known.get(key) ?? make();
  known.set(key, value);
  return value;
}
