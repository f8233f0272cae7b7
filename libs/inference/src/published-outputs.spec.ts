import { expect, it } from 'vitest';

import { publishedOutputs } from './published-outputs.ts';

it('says the same of versions that publish the same, and tells other classes apart', () => {
  const of = (...classes: readonly string[]): string =>
    publishedOutputs({ outputs: ['p', 'label'], labels: new Map([['label', classes]]) });
  expect(of('early', 'late')).toBe('p, label (early, late)');
  expect(of('late', 'early')).not.toBe(of('early', 'late'));
  expect(publishedOutputs({ outputs: ['p'] })).toBe('p');
});
