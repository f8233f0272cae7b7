import { describe, expect, it } from 'vitest';

import { assertSameOrigin } from './assert-same-origin.ts';

const HOST = { host: '127.0.0.1:8083' };
const HERE = 'http://127.0.0.1:8083';

describe('assertSameOrigin', () => {
  it.each([
    ['POST', {}],
    ['POST', { origin: HERE }],
    ['POST', { origin: 'https://behind.a.proxy', 'sec-fetch-site': 'same-origin' }],
    ['DELETE', { 'sec-fetch-site': 'none' }],
    ['GET', { origin: 'http://other', 'sec-fetch-site': 'cross-site' }],
    ['HEAD', { origin: 'http://other' }],
  ])('lets %s through with %j', (method, headers) => {
    expect(() => assertSameOrigin({ method, headers: { ...HOST, ...headers } })).not.toThrow();
  });

  it.each([
    ['POST', { origin: 'http://other' }],
    ['POST', { origin: 'http://127.0.0.1:3000' }],
    ['POST', { origin: 'null' }],
    ['POST', { origin: HERE, 'sec-fetch-site': 'cross-site' }],
    ['PUT', { origin: 'http://127.0.0.1:3000', 'sec-fetch-site': 'same-site' }],
    ['DELETE', { 'sec-fetch-site': 'cross-site' }],
  ])('refuses %s with %j', (method, headers) => {
    expect(() => assertSameOrigin({ method, headers: { ...HOST, ...headers } })).toThrow(
      /allowed are pages of this door/,
    );
  });
});
