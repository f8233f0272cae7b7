import { describe, expect, it } from 'vitest';

import { nearestName } from './nearest-name.ts';

describe('nearestName', () => {
  it('finds a name with letters swapped, missing or in the wrong case', () => {
    expect(nearestName('orign', ['dest', 'origin'])).toBe('origin');
    expect(nearestName('Origin', ['dest', 'origin'])).toBe('origin');
  });

  it('suggests nothing for a word that is like none', () => {
    expect(nearestName('colour', ['dest', 'origin'])).toBeNull();
    expect(nearestName('x', ['id', 'at'])).toBeNull();
  });
});
