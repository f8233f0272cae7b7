import { describe, expect, it } from 'vitest';

import { parseAddresses } from './parse-addresses.ts';

describe('addresses of brokers', () => {
  it.each([
    ['broker-1:9093', 'broker-1', 9093],
    [' localhost ', 'localhost', 9092],
    ['[::1]:19092', '::1', 19_092],
  ])('%j is host %s, port %i', (text, host, port) => {
    expect(parseAddresses([text])).toEqual([{ host, port }]);
  });

  it.each([[[]], [['']], [['host:0']], [['host:70000']], [['host:port']], [['a:1:2']]])(
    'refuses %j, naming what it found',
    (list) => {
      expect(() => parseAddresses(list)).toThrow(/allowed is host:port/);
    },
  );
});
