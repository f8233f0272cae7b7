import { describe, expect, it } from 'vitest';

import { ApiKeys } from './api-keys.ts';

describe('ApiKeys', () => {
  it('lets everybody in where there are none', () => {
    expect(() => new ApiKeys([]).check(undefined)).not.toThrow();
  });

  it.each(['Bearer one', 'bearer two', 'Bearer  one '])('lets %j in', (given) => {
    expect(() => new ApiKeys(['one', 'two']).check(given)).not.toThrow();
  });

  it.each([undefined, '', 'one', 'Basic one', 'Bearer', 'Bearer three', 'Bearer one two'])('keeps %j out', (given) => {
    expect(() => new ApiKeys(['one', 'two']).check(given)).toThrow(expect.objectContaining({ code: 'UNAUTHORIZED' }));
  });
});
