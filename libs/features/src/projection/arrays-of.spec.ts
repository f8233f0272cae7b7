import { expect, it } from 'vitest';

import { arraysOf } from './arrays-of.ts';

it('arrays that are cut from blocks begin with NaN and share nothing, however many there are', () => {
  const next = arraysOf(Float32Array, 3);
  const arrays = Array.from({ length: 1000 }, (_, i) => {
    const array = next();
    expect([...array]).toEqual([NaN, NaN, NaN]);
    return array.fill(i);
  });
  expect(arrays.map((array) => [...array])).toEqual(arrays.map((_, i) => [i, i, i]));
});
