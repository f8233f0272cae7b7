import { describe, expect, it } from 'vitest';

import { NativeGate } from './native-gate.ts';

describe('NativeGate', () => {
  it('says that a call is inside when it is shut, and tells the call when it leaves', () => {
    const gate = new NativeGate();
    const other = new NativeGate(gate.shared);
    expect([gate.enter(), other.shut(), gate.leave()]).toEqual([true, false, false]);
  });

  it('lets nothing in once it is shut, however many calls there were before', () => {
    const gate = new NativeGate();
    expect([gate.enter(), gate.leave(), gate.enter(), gate.leave()]).toEqual([true, true, true, true]);
    expect([gate.shut(), gate.enter(), gate.leave()]).toEqual([true, false, false]);
  });
});
