import { SamplingDecision, type Sampler, type SamplingResult } from '@opentelemetry/sdk-trace';

/** Of spans that begin with an error, all; of others, those that another sampler takes. */
export class ErrorsSampler implements Sampler {
  readonly #others: Sampler;

  constructor(others: Sampler) {
    this.#others = others;
  }

  shouldSample(...span: Parameters<Sampler['shouldSample']>): SamplingResult {
    const [, , , , attributes] = span;
    if (attributes['error.type'] !== undefined) return { decision: SamplingDecision.RECORD_AND_SAMPLED };
    return this.#others.shouldSample(...span);
  }

  toString(): string {
    return `ErrorsSampler{${this.#others.toString()}}`;
  }
}
