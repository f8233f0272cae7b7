import { describe, expect, it } from 'vitest';

import { readConfig } from '../config/read-config.ts';
import { digestOf, parseApiKeys } from './parse-api-keys.ts';

const HASH = digestOf('one').toString('hex');

describe('parseApiKeys', () => {
  it.each([
    ['one', { name: null, secret: 'one', rights: null, mostPerSecond: null }],
    [`sha256:${HASH}`, { name: null, secret: null, digest: digestOf('one') }],
    [`web=sha256:${HASH.toUpperCase()}`, { name: 'web', secret: null, digest: digestOf('one') }],
    ['web=one;events=click|view', { rights: { events: ['click', 'view'], models: [] } }],
    ['web=one;models=delay', { rights: { events: [], models: ['delay'] } }],
    ['one;rate=90/m', { rights: null, mostPerSecond: 1.5 }],
    ['web=one;rate=20/s;models=a;events=b', { rights: { events: ['b'], models: ['a'] }, mostPerSecond: 20 }],
    ['b25lIHR3bw==', { name: null, secret: 'b25lIHR3bw==' }],
    ['b25lIHR3bzE=', { name: null, secret: 'b25lIHR3bzE=' }],
    ['web=b25lIHR3bw==', { name: 'web', secret: 'b25lIHR3bw==' }],
  ])('reads %s', (entry, key) => {
    expect(parseApiKeys([entry])).toMatchObject([key]);
  });

  it.each([
    ['sha256:abc', 'key 1: found a KEY that is none'],
    ['web=hush hush', 'key 1 (web): found a KEY that is none'],
    ['web=hush;topics=a', 'key 1 (web): found the option topics'],
    ['web=hush;events', 'key 1 (web): found the option without a name'],
    ['web=hush;events=', 'key 1 (web): found the option without a name'],
    ['web=hush;rate=0/s', 'key 1 (web): found rate=0/s'],
    ['web=hush;rate=5', 'key 1 (web): found rate=5'],
    ['web=hush;rate=5/s;rate=6/s', 'key 1 (web): found an option twice'],
    ['hush,hush', 'keys 1 and 2 are the same'],
    ['web=hush,web=other', 'keys 1 and 2 are the same, or have the same name'],
  ])('refuses %s, and shows no key', (entries, message) => {
    let said = '';
    try {
      readConfig({ MILLRACE_API_KEYS: entries });
    } catch (error) {
      said = String(error);
    }
    expect(said).toContain(`MILLRACE_API_KEYS: found (hidden); ${message}`);
    expect(said).not.toContain('hush');
  });
});
