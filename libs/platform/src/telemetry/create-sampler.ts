import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  type Sampler,
} from '@opentelemetry/sdk-trace';

import type { SamplerName } from '../config/platform-config.ts';
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
      return new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) });
  }
}
