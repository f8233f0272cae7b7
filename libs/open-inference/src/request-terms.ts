import type { Parameters } from './infer-request.ts';
import { asCount } from './json-field.ts';

/** What a request's parameters say about when it is computed. */
export interface RequestTerms {
  readonly priority: 'high' | 'normal' | 'low';
  /** How long it may wait to be computed; Infinity: no limit. */
  readonly deadlineMs: number;
}

const MICROSECONDS_PER_MS = 1000;

/**
 * Triton's `priority` and `timeout`. There are three priorities here: 1, the highest, is high; 2, and 0 or nothing, which
 * asks for the default, are normal; what is above is low. A timeout is in microseconds, and 0 is none.
 *
 * @throws AppError `INFERENCE_INVALID`
 */
export function requestTerms({ priority = 0, timeout = 0 }: Parameters): RequestTerms {
  const level = asCount(priority, 'parameters.priority');
  const microseconds = asCount(timeout, 'parameters.timeout');
  return {
    priority: level === 1 ? 'high' : level <= 2 ? 'normal' : 'low',
    deadlineMs: microseconds === 0 ? Infinity : microseconds / MICROSECONDS_PER_MS,
  };
}
