import { describe, expect, it } from 'vitest';

import { pseudonymUnder } from './pseudonym.ts';

const KEY = '0123456789abcdef0123456789abcdef';
const of = pseudonymUnder(KEY, 'shop');

describe('a pseudonym', () => {
  // printf 'shop\0alice' | openssl dgst -sha256 -hmac $KEY -binary | base64 | tr +/ -_ | cut -c1-22
  it.each([
    ['alice', 'A2IenJYPeG9WI6O2o2VMk7'],
    ['zoë', 'USoVmOq8v_PpoEbVEkRdPJ'],
  ])('of %s is what openssl makes of it', (text, pseudonym) => {
    expect(of(text)).toBe(pseudonym);
  });

  it('is another one under another key, and in another pipeline', () => {
    const all = [of, pseudonymUnder(`${KEY}.`, 'shop'), pseudonymUnder(KEY, 'shop-2')].map((one) => one('alice'));
    expect(new Set(all).size).toBe(3);
  });

  it('is refused under a key of less than 32 bytes, which is not shown', () => {
    const short = KEY.slice(1);
    expect(() => pseudonymUnder(short, 'shop')).toThrow(/found 31 bytes; .*at least 32 .*openssl rand/s);
    expect(() => pseudonymUnder(short, 'shop')).not.toThrow(new RegExp(short));
  });
});
