import { describe, expect, it } from 'vitest';

import { assertLocalName } from './assert-local-name.ts';

describe('assertLocalName', () => {
  it.each([
    'localhost',
    'localhost:8083',
    'LOCALHOST:1',
    'a.localhost',
    '127.0.0.1:8083',
    '[::1]:8083',
    '10.0.0.7',
    undefined,
  ])('lets a request to %s through', (host) => {
    expect(() => assertLocalName({ headers: host === undefined ? {} : { host } })).not.toThrow();
  });

  it.each([
    'evil.example',
    'evil.example:8083',
    '127.0.0.1.evil.example',
    'localhost.evil.example:80',
    'notlocalhost',
    '',
    '@',
  ])('refuses one to %j', (host) => {
    expect(() => assertLocalName({ headers: { host } })).toThrow(/localhost and to addresses.*MILLRACE_API_KEYS/s);
  });
});
