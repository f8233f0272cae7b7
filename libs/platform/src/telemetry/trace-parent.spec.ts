import { describe, expect, it } from 'vitest';

import { incomingTrace } from './trace-parent.ts';

const trace = (flags: string): string => `00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-${flags}`;
const incoming = (value: string | null) => incomingTrace([['traceparent', value === null ? null : Buffer.from(value)]]);

describe('incomingTrace', () => {
  it.each(['01', '03', '0b', '0d', 'ff', '09'])('finds the sampled bit in the flags %s', (flags) => {
    expect(incoming(trace(flags))).toMatchObject({
      text: trace(flags),
      context: { spanId: 'b7ad6b7169203331', isRemote: true },
    });
  });

  it.each(['00', '02', '0a', '0c', 'fe', '08'])('finds none in %s', (flags) => {
    expect(incoming(trace(flags))).toBe('unsampled');
  });

  it.each([
    null,
    '',
    'nonsense',
    trace('01').replace('0af', 'xyz'),
    '00-00000000000000000000000000000000-b7ad6b7169203331-01',
  ])('takes %s as no trace', (value) => {
    expect(incoming(value)).toBe('none');
  });

  it('looks at no other header', () => {
    expect(incomingTrace([['tracestate', Buffer.from(trace('01'))]])).toBe('none');
  });
});
