import { ManualClock } from '@millrace/core/testing';
import { describe, expect, it } from 'vitest';

import { ApiKeys } from './api-keys.ts';
import { digestOf, parseApiKeys } from './parse-api-keys.ts';

const keysOf = (entries: readonly string[], clock = new ManualClock()) => new ApiKeys(parseApiKeys(entries), clock);
const refused = (code: string) => expect.objectContaining({ code });

describe('ApiKeys', () => {
  it('lets everybody in where there are none', () => {
    expect(keysOf([]).admit(undefined).eventTypes).toBeNull();
  });

  it.each(['Bearer one', 'bearer two', 'Bearer  one '])('lets %j in', (given) => {
    expect(() => keysOf(['one', 'web=two']).check(given)).not.toThrow();
  });

  it.each([undefined, '', 'one', 'Basic one', 'Bearer', 'Bearer three', 'Bearer one two', 'Bearer web=two'])(
    'keeps %j out',
    (given) => {
      for (const way of ['check', 'admit'] as const)
        expect(() => keysOf(['one', 'web=two'])[way](given)).toThrow(refused('UNAUTHORIZED'));
    },
  );

  it('knows a key by its hash, which does not open the door itself', () => {
    const hash = `sha256:${digestOf('one').toString('hex')}`;
    expect(() => keysOf([hash]).check('Bearer one')).not.toThrow();
    expect(() => keysOf([hash]).check(`Bearer ${hash}`)).toThrow(refused('UNAUTHORIZED'));
  });

  it('gives a key without rights all of them, and one with rights no others', () => {
    const keys = keysOf(['all', 'some=web;events=click', 'asks=app;models=delay|risk']);
    const [all, some, asks] = ['all', 'web', 'app'].map((key) => keys.admit(`Bearer ${key}`));
    expect([all?.eventTypes, some?.eventTypes, asks?.eventTypes]).toEqual([null, ['click'], []]);
    for (const model of ['risk', null]) expect(() => all?.checkModel(model)).not.toThrow();
    expect(() => asks?.checkModel('risk')).not.toThrow();
    expect(() => asks?.checkModel('other')).toThrow(/asked for other; this key may ask delay, risk/);
    expect(() => asks?.checkModel(null)).toThrow(refused('FORBIDDEN'));
    expect(() => some?.checkModel('delay')).toThrow(/this key may ask no model/);
  });

  it('admits a key as often as it may be used, each by itself, and says when again', () => {
    const clock = new ManualClock();
    const keys = keysOf(['fast=one;rate=4/s', 'slow=two;rate=30/m', 'free'], clock);
    const admitted = (key: string): number => {
      for (let count = 0; count < 100; count++) {
        try {
          keys.admit(`Bearer ${key}`);
        } catch (error) {
          expect(error).toMatchObject({ code: 'RATE_EXCEEDED', status: 429 });
          return count;
        }
      }
      return Infinity;
    };
    expect([admitted('one'), admitted('two')]).toEqual([4, 1]);
    expect(() => keys.admit('Bearer one')).toThrow(expect.objectContaining({ retryAfterMs: 250 }));
    expect(() => keys.admit('Bearer two')).toThrow(/30 requests a minute. Try again in 2000 ms/);
    expect(() => keys.check('Bearer one')).not.toThrow();
    clock.advance(500);
    expect([admitted('one'), admitted('two')]).toEqual([2, 0]);
    clock.advance(3_600_000);
    expect([admitted('one'), admitted('two')]).toEqual([4, 1]);
    for (let i = 0; i < 1000; i++) keys.admit('Bearer free');
  });
});
