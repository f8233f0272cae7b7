import type { Clock } from '@millrace/core';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  type Sampler,
} from '@opentelemetry/sdk-trace';

import type { SamplerName, TracesConfig } from '../config/platform-config.ts';
import { ErrorsSampler } from './errors-sampler.ts';

/** The sampler that `OTEL_TRACES_SAMPLER` names; all but `always_off` take what begins with an error besides. */
export function createSampler(name: SamplerName, ratio: number): Sampler {
  const named = namedSampler(name, ratio);
  return name === 'always_off' ? named : new ErrorsSampler(named);
}

function namedSampler(name: SamplerName, ratio: number): Sampler {
  switch (name) {
    case 'always_on':
      return new AlwaysOnSampler();
    case 'always_off':
      return new AlwaysOffSampler();
    case 'traceidratio':
      return new TraceIdRatioBasedSampler(ratio);
    case 'parentbased_always_on':
      return new ParentBasedSampler({ root: new AlwaysOnSampler() });
    case 'parentbased_always_off':
      return new ParentBasedSampler({ root: new AlwaysOffSampler() });
    case 'parentbased_traceidratio':
      // `beginsTrace` has drawn already
      return new ParentBasedSampler({ root: new AlwaysOnSampler() });
  }
}

/**
 * Whether an event that comes without a trace may begin one; the sampler has the last word. Where a share of the events does, it
 * is drawn here and not from a trace id: a span that is made only to be thrown away costs some microseconds for every event.
 */
export function beginsTrace({ sampler, ratio }: Pick<TracesConfig, 'sampler' | 'ratio'>, clock: Clock): () => boolean {
  if (sampler === 'parentbased_traceidratio') return () => clock.random() < ratio;
  return () => sampler !== 'always_off' && sampler !== 'parentbased_always_off';
}
