import { describe, expect, it } from 'vitest';

import { requestTerms } from './request-terms.ts';

describe('requestTerms', () => {
  it.each([
    [{}, 'normal'],
    [{ priority: 0 }, 'normal'],
    [{ priority: 1 }, 'high'],
    [{ priority: 2 }, 'normal'],
    [{ priority: 3 }, 'low'],
  ] as const)('makes of the parameters %j the priority %s', (parameters, priority) => {
    expect(requestTerms(parameters)).toEqual({ priority, deadlineMs: Infinity });
  });

  it('has the timeout, which is in microseconds, as a deadline; 0 is none', () => {
    expect(requestTerms({ timeout: 2500 }).deadlineMs).toBe(2.5);
    expect(requestTerms({ timeout: 0 }).deadlineMs).toBe(Infinity);
  });

  it.each([{ priority: 'high' }, { priority: -1 }, { timeout: 1.5 }, { timeout: 2n ** 60n }])(
    'refuses what is no count: %o',
    (parameters) => {
      expect(() => requestTerms(parameters)).toThrow(expect.objectContaining({ code: 'INFERENCE_INVALID' }));
    },
  );
});
